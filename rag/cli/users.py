"""`hoidap user`: the line that lets somebody log in to the page."""

import click


@click.command()
@click.argument("name", metavar="TÊN")
@click.option("--admin", is_flag=True, help="Được tải lên và xóa bài viết.")
@click.password_option(help="Mật khẩu (bỏ trống để nhập kín).", prompt="Mật khẩu", confirmation_prompt="Nhập lại")
def user(*, name: str, admin: bool, password: str) -> int:
    """In dòng người dùng TÊN cho tệp mà HOIDAP_USERS_FILE chỉ tới; mật khẩu được băm."""
    from rag.web.accounts import account_line

    click.echo(account_line(name, "admin" if admin else "reader", password))
    return 0
