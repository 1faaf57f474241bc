"""The doors of the desk: who gets in, how, and what they may do from where."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey

from pipeline.batch import audit
from pipeline.settings import Settings
from pipeline.web import people
from pipeline.web.asked import local_path
from pipeline.web.oidc import Provider
from pipeline.web.people import Role
from pipeline.web.throttle import Throttle
from tests.loopback.provider import CLIENT, SECRET, IdentityProvider
from tests.web.desks import PAGE, PASSWORD, TinyDesk, field

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/cases/c1?tab=letter"}


@pytest.fixture(autouse=True)
def _hashes_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_ARGON", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def desk(tmp_path: Path) -> TinyDesk:
    made = TinyDesk(tmp_path)
    made.people.add("kim", Role.REVIEWER, PASSWORD, by="root")
    return made


def test_with_name_and_password_one_is_in_and_at_the_page_that_was_asked_for(desk: TinyDesk) -> None:
    browser = desk.browser()
    sent = browser.get("/cases/c1?tab=letter", headers=PAGE)
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=%2Fcases%2Fc1%3Ftab%3Dletter"
    signed = desk.sign_in(browser, "Kim", then="/cases/c1?tab=letter")
    assert (signed.status_code, signed.headers["location"]) == (303, "/cases/c1?tab=letter")
    assert browser.get("/cases/c1").json()["name"] == "kim"


def test_with_a_wrong_password_one_is_not(desk: TinyDesk) -> None:
    browser = desk.browser()
    signed = desk.sign_in(browser, "kim", "seven green teacups")
    assert signed.status_code == 403
    assert 'role="alert">No user has this name and password.' in signed.text
    assert browser.get("/api/me").status_code == 401


def test_the_cookie_is_for_the_server_alone(desk: TinyDesk, tmp_path: Path) -> None:
    cookie = desk.sign_in(desk.browser(), "kim").headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie
    behind_tls = TinyDesk(tmp_path, secure=True)
    assert "; secure" in behind_tls.sign_in(behind_tls.browser(), "kim").headers["set-cookie"].lower()


def test_without_a_session_parts_of_pages_and_scripts_are_told_in_their_own_way(desk: TinyDesk) -> None:
    browser = desk.browser()
    assert browser.get("/api/me", headers=PAGE).status_code == 401
    part = browser.get("/cases/c1", headers={**HTMX, **PAGE})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login?next=%2Fcases%2Fc1%3Ftab%3Dletter")
    form = browser.post("/form", headers=PAGE)
    assert (form.status_code, form.headers["location"]) == (303, "/login?next=%2F")


@pytest.mark.parametrize(
    "told",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
        "login",
    ],
)
def test_nobody_is_sent_on_to_another_site(desk: TinyDesk, told: str) -> None:
    assert local_path(told) == "/"
    assert desk.sign_in(desk.browser(), "kim", next=told).headers["location"] == "/"


def test_a_place_of_ours_is_shown_in_the_form_as_text(desk: TinyDesk) -> None:
    page = desk.browser().get("/login", params={"next": '/"><script>'}, headers=PAGE)
    assert "<script>" not in page.text


def test_each_role_gets_as_far_as_it_may(desk: TinyDesk) -> None:
    desk.people.add("vi", Role.VIEWER, PASSWORD, by="root")
    desk.people.add("ada", Role.ADMIN, PASSWORD, by="root")
    reached = {}
    for name in ("vi", "kim", "ada"):
        browser, csrf = desk.signed_in(name)
        told = {"X-CSRF-Token": csrf}
        reached[name] = [
            browser.get("/api/me").status_code,
            browser.post("/api/change", headers=told).status_code,
            browser.post("/api/people", headers=told).status_code,
        ]
    assert reached == {"vi": [200, 403, 403], "kim": [200, 200, 403], "ada": [200, 200, 200]}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_must_carry_what_only_our_pages_know(desk: TinyDesk, method: str) -> None:
    browser, csrf = desk.signed_in("kim")
    assert browser.request(method, "/api/change").status_code == 403
    assert browser.request(method, "/api/change", headers={"X-CSRF-Token": csrf[:-1]}).status_code == 403
    assert browser.request(method, "/api/change", headers={"X-CSRF-Token": ""}).status_code == 403
    assert browser.request(method, "/api/change", headers={"X-CSRF-Token": csrf}).json() == "kim"


def test_a_form_may_carry_it_in_a_field(desk: TinyDesk) -> None:
    browser, csrf = desk.signed_in("kim")
    assert browser.post("/form", data={"why": "late", "csrf": csrf}).json() == "kim: late"
    assert browser.post("/form", data={"why": "late", "csrf": csrf}, files={"x": b""}).json() == "kim: late"
    assert browser.post("/form", data={"why": "late", "csrf": "x"}).status_code == 403
    assert browser.post("/form", data={"why": "late"}).status_code == 403


def test_another_persons_page_does_not_know_it(desk: TinyDesk) -> None:
    desk.people.add("lee", Role.REVIEWER, PASSWORD, by="root")
    browser, _ = desk.signed_in("kim")
    _, of_lee = desk.signed_in("lee")
    assert browser.post("/api/change", headers={"X-CSRF-Token": of_lee}).status_code == 403


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),  # a form of ours: we ask for no referrers
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://127.0.0.1:9000"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_change_comes_from_our_own_pages(desk: TinyDesk, told: dict[str, str], status: int) -> None:
    browser, csrf = desk.signed_in("kim")
    assert browser.post("/api/change", headers={"X-CSRF-Token": csrf, **told}).status_code == status


def test_another_site_cannot_sign_anyone_in(desk: TinyDesk) -> None:
    browser = desk.browser()
    form = {"name": "kim", "password": PASSWORD, "csrf": field(browser.get("/login").text, "csrf")}
    elsewhere = {"Origin": "https://evil.example"}
    assert browser.post("/login", data=form, headers=elsewhere).status_code == 403
    assert desk.browser().post("/login", data=form).status_code == 403
    assert browser.post("/login", data=form | {"csrf": ""}).status_code == 403
    assert browser.post("/login", data=form).status_code == 303


def test_a_scripts_token_needs_nothing_else_and_is_good_for_nothing_else(desk: TinyDesk) -> None:
    secret = desk.people.token("kim", "nightly", by="root")
    told = {"Authorization": f"Bearer {secret}"}
    assert desk.browser().post("/api/change", headers=told).json() == "kim"
    assert desk.browser().post("/api/change", headers={"Authorization": "Bearer x"}).status_code == 401
    assert desk.browser().post("/api/change", headers={"Authorization": f"Basic {secret}"}).status_code == 401
    as_cookie = desk.browser()
    as_cookie.cookies.set("appealwright", secret)
    assert as_cookie.get("/api/me").status_code == 401
    browser, _ = desk.signed_in("kim")
    of_browser = {"Authorization": f"Bearer {browser.cookies['appealwright']}"}
    assert desk.browser().post("/api/change", headers=of_browser).status_code == 401


def test_who_signed_out_or_was_removed_is_out(desk: TinyDesk) -> None:
    left, csrf = desk.signed_in("kim")
    removed, _ = desk.signed_in("kim")
    secret = left.cookies["appealwright"]
    assert left.post("/logout").status_code == 403
    answer = left.post("/logout", data={"csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "appealwright" not in left.cookies
    assert desk.people.session(secret) is None
    assert removed.get("/api/me").status_code == 200
    desk.people.remove("kim", by="root")
    assert removed.get("/api/me").status_code == 401


def test_signing_in_again_ends_the_session_before(desk: TinyDesk) -> None:
    browser, _ = desk.signed_in("kim")
    before = browser.cookies["appealwright"]
    desk.sign_in(browser, "kim")
    assert browser.cookies["appealwright"] != before
    assert desk.people.session(before) is None


def test_who_fails_often_waits(desk: TinyDesk) -> None:
    browser = desk.browser()
    tries = [desk.sign_in(browser, "kim", "wrong") for _ in range(6)]
    assert [one.status_code for one in tries] == [403] * 5 + [429]
    assert tries[-1].headers["retry-after"] == "1"
    assert "Please wait 1 second before" in tries[-1].text
    assert desk.sign_in(desk.browser("10.0.0.7"), "KIM").status_code == 429
    events = [entry.what for entry in audit.entries(desk.people._register)]
    assert events.count("sign_in_failed") == 5


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_wait_doubles_up_to_a_minute_and_ends_with_the_right_password() -> None:
    clock = Clock()
    throttle, waits = Throttle(clock), []
    for n in range(2000):
        assert throttle.take("kim", f"10.0.{n // 256}.{n % 256}") == 0
        waits.append(max(throttle._tries["name", "kim"].until - clock.now, 0))
        clock.now += waits[-1]
    assert waits[:12] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert waits[-1] == 60
    assert throttle.take("kim", "10.0.0.1") == 0
    throttle.passed("kim", "10.0.0.1")
    assert throttle.take("kim", "10.0.0.1") == 0


def test_one_address_does_not_try_many_names() -> None:
    throttle = Throttle(Clock())
    waits = [throttle.take(f"user{n}", f"2001:db8::{n}") for n in range(21)]
    assert waits == [0.0] * 20 + [1.0]
    assert throttle.take("kim", "2001:db8:0:1::1") == 0


def test_a_colleagues_right_passwords_use_nothing_up() -> None:
    throttle = Throttle(Clock())
    for n in range(100):
        assert throttle.take(f"user{n}", "10.0.0.1") == 0
        throttle.passed(f"user{n}", "10.0.0.1")


def test_an_hour_later_failures_are_forgotten() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(5):
        throttle.take("kim", "10.0.0.1")
    assert throttle.take("kim", "10.0.0.1") > 0
    clock.now = 3601
    assert [throttle.take("kim", "10.0.0.1") for _ in range(2)] == [0, 0]


# Without users.


def test_without_users_the_printed_link_lets_the_machines_user_in_once(tmp_path: Path) -> None:
    desk = TinyDesk(tmp_path)
    (link,) = desk.printed
    browser = desk.browser()
    entered = browser.get(link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert browser.get("/api/me").json()["role"] == "admin"
    again = desk.browser().get(link)
    assert again.status_code == 403
    assert "used before" in again.text
    assert desk.browser().get(desk.printed[1]).status_code == 303


def test_the_link_is_no_good_elsewhere_or_once_there_are_users(tmp_path: Path) -> None:
    desk = TinyDesk(tmp_path)
    (link,) = desk.printed
    assert desk.browser("10.0.0.7").get(link).status_code == 403
    assert desk.browser().get("/enter").status_code == 403
    assert desk.browser().get("/enter?key=").status_code == 403
    desk.people.add("kim", Role.VIEWER, PASSWORD, by="root")
    assert desk.browser().get(link).status_code == 403
    assert len(desk.printed) == 1


# Through an identity provider.


@pytest.fixture
def provider() -> IdentityProvider:
    return IdentityProvider()


def with_provider(folder: Path, provider: IdentityProvider, **told: str) -> TinyDesk:
    given = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET} | told
    desk = TinyDesk(folder, provider=Provider(Settings(**given)))
    desk.people.add("kim@clinic.example", Role.REVIEWER, None, by="root")
    return desk


def come_back(browser: TestClient, provider: IdentityProvider, then: str = "/", **claims: object) -> tuple[int, str]:
    """Sign in at the provider, and come back with what it says: the status, and where one is sent on to."""
    sent = browser.get("/oidc", params={"next": then})
    assert sent.status_code == 302
    back = provider.approve(sent.headers["location"], **{"email": "Kim@clinic.example", **claims})
    answer = browser.get(back)
    return answer.status_code, answer.headers.get("location", "")


def test_a_user_who_was_added_signs_in_through_the_provider(tmp_path: Path, provider: IdentityProvider) -> None:
    with provider:
        desk = with_provider(tmp_path, provider)
        browser = desk.browser()
        assert "/oidc?next=/cases/c1" in browser.get("/login?next=/cases/c1").text
        assert come_back(browser, provider, "/cases/c1") == (303, "/cases/c1")
        assert browser.get("/api/me").json()["name"] == "kim@clinic.example"
        assert provider.asked["response_type"] == "code"
        assert provider.asked["code_challenge_method"] == "S256"
        assert desk.sign_in(desk.browser(), "kim@clinic.example", "").status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1_000_000},
        {"email": "max@clinic.example"},
        {"email": "lee"},
        {"email": None},
        {"email_verified": False},
    ],
)
def test_what_the_provider_must_not_say_lets_nobody_in(
    tmp_path: Path, provider: IdentityProvider, claims: dict[str, object]
) -> None:
    with provider:
        desk = with_provider(tmp_path, provider)
        desk.people.add("lee", Role.ADMIN, PASSWORD, by="root")  # who has a password of their own
        browser = desk.browser()
        assert come_back(browser, provider, **claims)[0] == 403
        assert browser.get("/api/me").status_code == 401


def test_a_token_that_another_signed_lets_nobody_in(tmp_path: Path, provider: IdentityProvider) -> None:
    provider.signs_with = ECKey.generate_key("P-256", {"kid": "k1"})
    with provider:
        assert come_back(with_provider(tmp_path, provider).browser(), provider)[0] == 403


def test_a_provider_that_says_it_is_another_is_not_asked(tmp_path: Path, provider: IdentityProvider) -> None:
    provider.told["issuer"] = "https://other.example"
    with provider:
        assert with_provider(tmp_path, provider).browser().get("/oidc").status_code == 403


def test_a_provider_that_is_down_lets_nobody_in(tmp_path: Path, provider: IdentityProvider) -> None:
    with provider:
        desk = with_provider(tmp_path, provider)
    assert desk.browser().get("/oidc").status_code == 403


def test_who_did_not_set_out_does_not_come_back(tmp_path: Path, provider: IdentityProvider) -> None:
    with provider:
        desk = with_provider(tmp_path, provider)
        browser = desk.browser()
        back = provider.approve(browser.get("/oidc").headers["location"], email="kim@clinic.example")
        assert desk.browser().get(back).status_code == 403
        state = parse_qs(urlsplit(back).query)["state"][0]
        assert browser.get(back.replace(state, "another")).status_code == 403
        assert browser.get(back).status_code == 403


def test_the_claim_that_names_people_is_a_setting(tmp_path: Path, provider: IdentityProvider) -> None:
    with provider:
        desk = with_provider(tmp_path, provider, oidc_claim="preferred_username")
        desk.people.add("lee", Role.VIEWER, None, by="root")
        assert come_back(desk.browser(), provider, preferred_username="lee")[0] == 303


def test_without_a_provider_there_is_no_such_door(desk: TinyDesk) -> None:
    assert desk.browser().get("/oidc").status_code == desk.browser().get("/oidc/callback").status_code == 404
