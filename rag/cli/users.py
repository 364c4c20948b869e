"""`hoidap user`: the line that lets somebody log in to the page."""

import click


@click.command()
@click.argument("name", metavar="TÊN")
@click.option("--admin", is_flag=True, help="Được tải lên và xóa bài viết.")
def user(*, name: str, admin: bool) -> int:
    """In dòng người dùng TÊN cho tệp mà HOIDAP_USERS_FILE chỉ tới; mật khẩu được hỏi và băm."""
    from rag.web.accounts import account_line

    # Asked on stderr: what stands on stdout goes into the file.
    password = click.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại mật khẩu", err=True)
    click.echo(account_line(name, "admin" if admin else "reader", password))
    return 0
