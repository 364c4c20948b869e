"""Click's usage errors in Vietnamese."""

import click
from click.exceptions import BadArgumentUsage, BadOptionUsage, MissingParameter, NoArgsIsHelpError, NoSuchOption


def usage_message(error: click.UsageError) -> str:
    """What was wrong with the command line, for a person to mend; help text where nothing was typed."""
    if isinstance(error, NoArgsIsHelpError):
        return f"chưa có lệnh nào.\n\n{error.format_message()}"
    if isinstance(error, NoSuchOption):
        hint = f" Có phải bạn muốn dùng {', '.join(error.possibilities)}?" if error.possibilities else ""
        return f"không có tùy chọn {error.option_name}.{hint}"
    if isinstance(error, MissingParameter):
        name = error.param.human_readable_name if error.param is not None else ""
        return f"thiếu {name}."
    if isinstance(error, BadOptionUsage):
        return f"tùy chọn {error.option_name} cần một giá trị."
    if isinstance(error, BadArgumentUsage):
        return "số tham số không đúng."
    if isinstance(error, click.BadParameter):
        name = error.param.human_readable_name if error.param is not None else ""
        return f"giá trị của {name} không hợp lệ ({error.message})"
    return error.format_message()
