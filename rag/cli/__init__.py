"""The command line, `hoidap`: index, search, ask, serve, status, eval, remove, export, rebuild, doctor, user."""

import sys
from collections.abc import Sequence

import click
from rich.console import Console

from rag.cli.commands import ask, index, search, serve, status
from rag.cli.evaluation import evaluation
from rag.cli.library_commands import doctor, export, rebuild, remove
from rag.cli.usage import usage_message
from rag.cli.users import user
from rag.errors import HoidapError
from rag.settings import silence_telemetry

EXIT_USER_CAN_MEND = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hoidap", prog_name="hoidap")
def hoidap() -> None:
    """Hỏi đáp tiếng Việt trên bài báo, mỗi câu trả lời kèm trích dẫn nguyên văn."""


for command in (index, search, ask, serve, status, evaluation, remove, export, rebuild, doctor, user):
    hoidap.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the user can mend it, 2 usage."""
    silence_telemetry()
    errors = Console(stderr=True, highlight=False)
    try:
        code = hoidap.main(
            args=None if arguments is None else list(arguments), prog_name="hoidap", standalone_mode=False
        )
    except click.UsageError as error:
        errors.print(f"[red]Lỗi cú pháp:[/] {usage_message(error)}", markup=True)
        if error.ctx is not None:
            errors.print(f"Xem hướng dẫn: {error.ctx.command_path} --help", markup=False)
        sys.exit(EXIT_USAGE)
    except HoidapError as error:
        print_error(errors, error)
        sys.exit(EXIT_USER_CAN_MEND)
    except (click.Abort, KeyboardInterrupt):
        errors.print("Đã dừng theo yêu cầu.")
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # the reader of our output (head, less) has left
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def print_error(console: Console, error: HoidapError) -> None:
    """Show what happened and what to do next."""
    console.print("[bold red]✗[/] ", end="")
    console.print(error.message, markup=False, soft_wrap=True)
    console.print("[bold]→[/] ", end="")
    console.print(error.remedy, markup=False, soft_wrap=True)
