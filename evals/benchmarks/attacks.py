"""Attacks on the page: what held and what broke.

    python -m evals.benchmarks.attacks

A page over three small articles is served from a process of its own, once without a login and once with one, and every
attack is carried out on it over HTTP, as somebody who reaches its port would. Each attack looks for what it is after:
the content of a file, a connection that was made, a vote that was counted, memory that has grown. Ends with 1 if any
broke the page. Tries only what runs on this machine.
"""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table

from evals.benchmarks.attacking.flooding import FLOODING
from evals.benchmarks.attacking.forging import FORGING
from evals.benchmarks.attacking.reading import READING
from evals.benchmarks.attacking.target import PASSWORDS, SECRET, Attack, Target, call
from evals.benchmarks.serving import served
from evals.environment import command_line, machine, output_console
from evals.progress import tracked
from evals.workspace import write_articles
from rag.article import make_article
from rag.settings import silence_telemetry
from rag.web.accounts import account_line

ATTACKS: tuple[Attack, ...] = (*READING, *FORGING, *FLOODING)
_WARM: list[object] = ["Giàn BK-24 khánh thành khi nào?", None, "", "", [], []]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attack.

    Attributes:
        attack: Which.
        site: `open` or `login`.
        broke: How it succeeded; None where the page held.
    """

    attack: Attack
    site: str
    broke: str | None


@click.command()
@click.option("--only", default="", help="Attacks whose kind or name holds this.")
@click.option("--site", "sites", type=click.Choice(["open", "login"]), multiple=True, default=("open", "login"))
def main(*, only: str, sites: Sequence[str]) -> None:
    """Attack a page and tell what held."""
    silence_telemetry()
    chosen = [attack for attack in ATTACKS if only in attack.kind or only in attack.name]
    outcomes = [outcome for site in sites for outcome in attacked(site, chosen)]
    console = output_console()
    _print(console, outcomes)
    console.print(f"[dim]{machine()} · {command_line()}[/]", highlight=False)
    if any(outcome.broke for outcome in outcomes):
        raise SystemExit(1)


def attacked(site: str, attacks: Sequence[Attack]) -> Iterator[Outcome]:
    """Carry out attacks on a page that is served for them.

    Args:
        site: `open` or `login`.
        attacks: Which; those that need another site are left out.
    """
    with _target(with_login=site == "login") as target:
        with target.client("nam") as client:
            call(client, "ask", _WARM)  # the models are loaded from here on
        for attack in tracked([attack for attack in attacks if attack.needs in {"", site}], f"attacks on {site}"):
            try:
                yield Outcome(attack, site, attack.run(target))
            except (httpx.HTTPError, OSError) as error:
                yield Outcome(attack, site, f"no answer: {error!r}"[:100])


@contextlib.contextmanager
def _target(*, with_login: bool) -> Iterator[Target]:
    with tempfile.TemporaryDirectory(prefix="hoidap-attacks-") as name:
        folder = Path(name)
        secret = folder / "secret.txt"
        secret.write_text(SECRET, encoding="utf-8")
        bodies = {
            "bai": "Giàn BK-24 khánh thành ngày 02/09/2021 tại mỏ Bạch Hổ.",
            "hai": "Cầu Thị Nại dài 2.475 mét, thông xe ngày 12/12/2006.",
            "ba": "Bà Nguyễn Thị Lan là Giám đốc Bảo tàng tỉnh từ năm 2019.",
        }
        write_articles(
            [make_article(found, f"Tin {found}", body) for found, body in bodies.items()], folder / "articles"
        )
        (folder / "tmp").mkdir()
        settings = {"HOIDAP_MCP": "true", "TMPDIR": str(folder / "tmp")}
        if with_login:
            users = folder / "users.txt"
            lines = [account_line(user, "admin" if user == "lan" else "reader", PASSWORDS[user]) for user in PASSWORDS]
            users.write_text("\n".join(lines), encoding="utf-8")
            settings["HOIDAP_USERS_FILE"] = str(users)
        with served(folder / "data", folder / "articles", SECRET_OF_THE_MACHINE=SECRET, **settings) as site:
            yield Target(site.address, site.pid, folder / "data", with_login, secret)


def _print(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(title="attacks on the page", title_justify="left")
    for column in ("kind", "attack", "open", "with a login"):
        table.add_column(column)
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for outcome in outcomes:
        said = "held" if outcome.broke is None else f"[red]broken: {outcome.broke}[/]"
        rows.setdefault((outcome.attack.kind, outcome.attack.name), {})[outcome.site] = said
    for (kind, name), cells in rows.items():
        table.add_row(kind, name, cells.get("open", "–"), cells.get("login", "–"))
    console.print(table)
    counts = Counter("held" if outcome.broke is None else "broken" for outcome in outcomes)
    console.print(f"{len(outcomes)} attacks: {counts['held']} held, {counts['broken']} broken", highlight=False)


if __name__ == "__main__":
    main()
