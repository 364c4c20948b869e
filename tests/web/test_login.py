"""Login over real HTTP and in a browser, and who may do what."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from playwright.sync_api import BrowserContext, expect
from support import OpenLibrary
from web_support import call, logged_in, queued

from rag.errors import SettingsError
from rag.web.accounts import Accounts, account_line
from rag.web.limits import LIMITS
from rag.web.server import running_page


@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/en/config",
        "/gradio_api/info",
        "/gradio_api/queue/data?session_hash=abc",
        "/gradio_api/mcp/",
        "/feedback.jsonl",
    ],
)
def test_nothing_is_there_for_those_who_are_not_logged_in(locked_site: str, path: str) -> None:
    assert httpx.get(locked_site + path, timeout=60).status_code == 401
    assert httpx.get(locked_site + path, auth=("lan", "sai"), timeout=60).status_code == 401
    assert httpx.post(locked_site + path, timeout=60).status_code in {401, 404}


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
    client = Client(locked_site, auth=("nam", "mật khẩu của Nam"), verbose=False)
    assert client.predict("BK-24", api_name="/search")["hits"]
    with pytest.raises(AuthenticationError):
        Client(locked_site, auth=("nam", "sai"), verbose=False)
    assert httpx.get(f"{locked_site}/config", auth=("nam", "mật khẩu của Nam")).status_code == 200


def test_guessing_is_stopped(locked_site: str) -> None:
    replies = [
        httpx.post(f"{locked_site}/login", data={"username": "ai đó", "password": str(guess)}).status_code
        for guess in range(LIMITS.tries + 1)
    ]
    assert replies == [401] * LIMITS.tries + [429]


@pytest.fixture
def guarded_site(open_library: OpenLibrary, users_file: Path, tmp_path: Path) -> Iterator[str]:
    """A site with a login of its own, where no password has been tried yet."""
    with (
        open_library(tmp_path / "data", users_file=users_file) as library,
        running_page(library, "127.0.0.1", 0) as address,
    ):
        yield address


@pytest.mark.parametrize("way", ["form", "basic"])
def test_guesses_at_the_same_time_count_before_they_are_checked(guarded_site: str, way: str) -> None:
    def guess(number: int) -> int:
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}  # nobody's word on where a request comes from counts
        if way == "basic":
            return httpx.get(
                f"{guarded_site}/config", auth=("lan", str(number)), headers=forged, timeout=60
            ).status_code
        asked = {"username": "lan", "password": str(number)}
        return httpx.post(f"{guarded_site}/login", data=asked, headers=forged, timeout=60).status_code

    with ThreadPoolExecutor(100) as threads:
        replies = Counter(threads.map(guess, range(100)))
    assert replies == {401: LIMITS.tries, 429: 100 - LIMITS.tries}


def test_few_passwords_are_checked_at_once(guarded_site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()
    knows = Accounts.knows

    def watched(accounts: Accounts, name: str, password: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        known = knows(accounts, name, password)
        with lock:
            running -= 1
        return known

    monkeypatch.setattr(Accounts, "knows", watched)

    def guess(number: int) -> int:
        asked = {"username": f"user {number}", "password": "sai"}
        return httpx.post(f"{guarded_site}/login", data=asked, timeout=60).status_code

    with ThreadPoolExecutor(50) as threads:
        replies = Counter(threads.map(guess, range(LIMITS.tries_of_one_address)))
    assert most == LIMITS.password_checks
    assert set(replies) <= {401, 503}
    assert replies[401] >= LIMITS.password_checks + LIMITS.password_checks_waiting


def test_a_proxy_in_the_settings_is_believed(open_library: OpenLibrary, users_file: Path, tmp_path: Path) -> None:
    with (
        open_library(tmp_path / "data", users_file=users_file, trusted_proxies="127.0.0.1") as library,
        running_page(library, "127.0.0.1", 0) as address,
    ):
        for number in range(LIMITS.tries + 2):
            forwarded = {"X-Forwarded-For": f"203.0.113.{number}", "X-Forwarded-Proto": "https"}
            asked = {"username": "lan", "password": "sai"}
            assert httpx.post(f"{address}/login", data=asked, headers=forwarded).status_code == 401
        asked = {"username": "lan", "password": "mật khẩu của Lan"}
        reply = httpx.post(f"{address}/login", data=asked, headers={"X-Forwarded-Proto": "https"})
        assert "; Secure" in reply.headers["set-cookie"]
        assert "; Secure" not in httpx.post(f"{address}/login", data=asked).headers["set-cookie"]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_logout_ends_the_login_for_good(locked_site: str, method: str) -> None:
    with logged_in(locked_site, "nam") as nam, logged_in(locked_site, "nam") as elsewhere:
        kept = dict(nam.cookies)
        assert nam.get("/config").status_code == 200
        assert nam.request(method, "/logout").status_code == 303
        assert httpx.get(f"{locked_site}/config", cookies=kept).status_code == 401
        assert elsewhere.get("/config").status_code == 200


def test_a_login_outlives_a_restart_but_not_a_new_password_nor_is_a_forged_one_taken(
    open_library: OpenLibrary, users_file: Path, tmp_path: Path
) -> None:
    own_users, data = tmp_path / "users.txt", tmp_path / "data"
    own_users.write_text(users_file.read_text(encoding="utf-8"), encoding="utf-8")

    def seen(cookies: dict[str, str] | None) -> tuple[dict[str, str], int]:
        with open_library(data, users_file=own_users) as library, running_page(library, "127.0.0.1", 0) as address:
            if cookies is None:
                with logged_in(address, "lan") as client:
                    return dict(client.cookies), client.get("/config").status_code
            return cookies, httpx.get(f"{address}/config", cookies=cookies).status_code

    cookies, first = seen(None)
    assert (first, seen(cookies)[1]) == (200, 200)
    kept = (data / "logins.sqlite3").read_bytes()
    assert cookies["hoidap_session"].encode() not in kept
    assert (data / "logins.sqlite3").stat().st_mode & 0o077 == 0
    for forged in ("", "lan", cookies["hoidap_session"][:-1], "eyJ1c2VyIjogImxhbiJ9.aRk.x"):
        assert seen({"hoidap_session": forged})[1] == 401
    own_users.write_text(account_line("lan", "admin", "một mật khẩu khác"), encoding="utf-8")
    assert seen(cookies)[1] == 401


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


GOOD = "bốn từ không liên quan"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("a:b", GOOD),
        ("", GOOD),
        ("a\nb", GOOD),
        (" lan", GOOD),
        ("#lan", GOOD),
        ("lan", ""),
        ("lan", "xY7-" * 19),
        ("lan", "k8Wq-3zP_aT"),
        ("lan", "aaaaaaaaaaaaaaa"),
        ("lan", "abcdefghijklmno"),
        ("lan", "024680246802468"),
        ("lan", "matkhau!matkhau!"),
        ("nguyenvanlan", "NguyenVanLan2026"),
    ],
)
def test_names_and_passwords_that_cannot_work_are_refused(name: str, password: str) -> None:
    with pytest.raises(SettingsError):
        account_line(name, "reader", password)
    assert account_line("lan", "reader", GOOD).startswith("lan:reader:$2b$")


def test_readers_cannot_upload_or_delete_and_admins_can(
    locked_site: str, context: BrowserContext, tmp_path: Path
) -> None:
    article = tmp_path / "moi.txt"
    article.write_text("Cầu Sông Lam\nCầu dài 1.245 mét.", encoding="utf-8")
    for name in ("nam", "lan"):
        page = context.new_page()
        asked = {"username": name, "password": f"mật khẩu của {name.title()}"}
        page.request.post(f"{locked_site}/login", form=asked)
        page.goto(locked_site)
        expect(page.locator(".top .user")).to_have_text(name)
        page.get_by_role("tab", name="Thư viện").click()
        expect(page.locator("#shelf-list tr").first).to_be_visible()
        if name == "lan":
            page.locator("input[type=file]").first.set_input_files(str(article))
            expect(page.locator("#shelf-change .note")).to_contain_text("Cầu Sông Lam")
            expect(page.locator("[data-action=delete]").first).to_be_visible()
        else:
            expect(page.locator("input[type=file]")).to_have_count(0)
            expect(page.locator("#shelf-address")).to_be_hidden()
            expect(page.locator("[data-action=delete]")).to_have_count(0)
        page.request.post(f"{locked_site}/logout")
        page.close()


def test_a_reader_who_calls_what_the_page_hides_is_refused(locked_site: str) -> None:
    with logged_in(locked_site, "nam") as nam:
        assert "Chỉ người quản trị" in queued(nam, "_add_files", [[]])
        assert "Chỉ người quản trị" in queued(nam, "_add_address", ["https://example.com/"])
        assert "Chỉ người quản trị" in call(nam, "_delete", [], event_data={"article": "bai"}).text
        assert nam.get("/feedback.jsonl").status_code == 403
