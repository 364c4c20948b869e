"""Click's usage errors in Vietnamese."""

import click
from click.exceptions import BadOptionUsage, MissingParameter, NoArgsIsHelpError, NoSuchOption


def usage_message(error: click.UsageError) -> str:
    """What was wrong with the command line, for a person to mend; help text where nothing was typed."""
    match error:
        case NoArgsIsHelpError():
            message = f"chưa có lệnh nào.\n\n{error.format_message()}"
        case NoSuchOption():
            hint = f" Có phải bạn muốn dùng {', '.join(error.possibilities)}?" if error.possibilities else ""
            message = f"không có tùy chọn {error.option_name}.{hint}"
        case MissingParameter():
            message = f"thiếu {_name(error)}."
        case BadOptionUsage():
            message = f"tùy chọn {error.option_name} cần một giá trị."
        case click.BadParameter():
            message = f"giá trị của {_name(error)} không hợp lệ ({error.message})"
        case _:
            message = error.format_message()
    return message


def _name(error: click.BadParameter) -> str:
    return error.param.human_readable_name if error.param is not None else ""
