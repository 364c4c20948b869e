"""Login over real HTTP and in a browser, and who may do what."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from playwright.sync_api import BrowserContext, expect
from support import OpenLibrary, Write

from rag.errors import SettingsError
from rag.web.accounts import Accounts, account_line
from rag.web.server import running_page


@pytest.fixture(scope="module")
def users_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("users") / "users.txt"
    lines = [account_line("lan", "admin", "mật khẩu của Lan"), account_line("nam", "reader", "nam-123")]
    path.write_text("\n".join(["# người dùng", *lines, ""]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def locked_site(
    tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, users_file: Path, write: Write
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("locked")
    write(folder / "bai.md", "Giàn BK-24 khánh thành ngày 02/09/2021.")
    with open_library(folder / "data", users_file=users_file, mcp=True) as library:
        library.sync([folder])
        with running_page(library, "127.0.0.1", 0) as address:
            yield address


@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/en/config",
        "/gradio_api/info",
        "/gradio_api/file=/etc/hostname",
        "/gradio_api/mcp/",
        "/feedback.jsonl",
    ],
)
def test_nothing_is_there_for_those_who_are_not_logged_in(locked_site: str, path: str) -> None:
    assert httpx.get(locked_site + path).status_code == 401
    assert httpx.get(locked_site + path, auth=("lan", "sai")).status_code == 401
    assert httpx.post(locked_site + path).status_code == 401


def test_a_person_logs_in_asks_and_logs_out(locked_site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(locked_site)
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill("sai")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill("mật khẩu của Lan")
    page.keyboard.press("Enter")
    expect(page.locator(".top .user")).to_have_text("lan")
    page.locator("#question textarea").fill("Giàn BK-24 khánh thành khi nào?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answered")).to_contain_text("02/09/2021")
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    page.goto(f"{locked_site}/en/")
    expect(page.get_by_label("User name")).to_be_visible()


def test_programs_log_in_with_gradio_client_or_basic_authentication(locked_site: str) -> None:
    client = Client(locked_site, auth=("nam", "nam-123"), verbose=False)
    assert client.predict("BK-24", api_name="/search")["hits"]
    with pytest.raises(AuthenticationError):
        Client(locked_site, auth=("nam", "sai"), verbose=False)
    assert httpx.get(f"{locked_site}/config", auth=("nam", "nam-123")).status_code == 200


def test_guessing_is_stopped(locked_site: str) -> None:
    replies = [
        httpx.post(f"{locked_site}/login", data={"username": "hoa", "password": str(guess)}).status_code
        for guess in range(11)
    ]
    assert replies == [401] * 10 + [429]


def test_roles_and_passwords_come_out_of_the_file(users_file: Path) -> None:
    accounts = Accounts.read(users_file)
    assert accounts.knows("lan", "mật khẩu của Lan")
    assert not accounts.knows("lan", "")
    assert not accounts.knows("hoa", "")
    assert (accounts.is_admin("lan"), accounts.is_admin("nam"), accounts.is_admin(None)) == (True, False, False)
    assert "mật khẩu của Lan" not in users_file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "không có ai"), ("lan:admin:secret", "Dòng 1"), ("lan:boss:$2b$12$x", "Dòng 1"), ("lan", "Dòng 1")],
)
def test_a_broken_file_of_users_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "users.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        Accounts.read(path)
    with pytest.raises(SettingsError, match="Không đọc được"):
        Accounts.read(tmp_path / "missing.txt")


@pytest.mark.parametrize(("name", "password"), [("a:b", "x"), ("", "x"), ("a\nb", "x"), ("lan", ""), ("lan", "x" * 73)])
def test_names_and_passwords_that_cannot_work_are_refused(name: str, password: str) -> None:
    with pytest.raises(SettingsError):
        account_line(name, "reader", password)


def test_readers_cannot_upload_or_delete_and_admins_can(
    locked_site: str, context: BrowserContext, tmp_path: Path
) -> None:
    article = tmp_path / "moi.txt"
    article.write_text("Cầu Sông Lam\nCầu dài 1.245 mét.", encoding="utf-8")
    for name, password, said in (("nam", "nam-123", "Chỉ người quản trị"), ("lan", "mật khẩu của Lan", "Cầu Sông Lam")):
        page = context.new_page()
        page.request.post(f"{locked_site}/login", form={"username": name, "password": password})
        page.goto(locked_site)
        expect(page.locator(".top .user")).to_have_text(name)
        page.get_by_role("tab", name="Thư viện").click()
        page.locator("input[type=file]").first.set_input_files(str(article))
        expect(page.locator("#shelf-change .note")).to_contain_text(said)
        expect(page.locator("[data-action=delete]")).to_have_count(1 if name == "lan" else 0)
        page.request.post(f"{locked_site}/logout")
        page.close()
