"""Where nothing is on https, a notebook that a reviewer runs is sent the hub's login: so decisions are off, and nothing is granted to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.hub.attacked import DEPLOYMENTS, PATH, Attacked, attacked_browser, two_accounts

pytestmark = [pytest.mark.slow, pytest.mark.browser]
TARGETS = ("decision", "package", "access")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("plain")
    with two_accounts() as people, attacked_browser(DEPLOYMENTS["plain http"], people, folder) as found:
        yield found


@pytest.fixture
def attack(attacked: Attacked) -> Iterator[Attacked]:
    """For one attack; afterwards nothing was decided, answered or given."""
    yield attacked
    for page in attacked.context.pages:
        if page not in (attacked.lab, attacked.desk):
            page.close()
    assert attacked.granted() == []


def login_of_the_hub(attack: Attacked) -> str:
    """The hub's cookies, as a kernel is sent them that listens on another port of the hub's host name: why decisions are off."""
    port = attack.kernel("result = listen()")["port"]
    page = attack.context.new_page()
    page.goto(f"http://{urlsplit(attack.hub).hostname}:{port}/hub/")
    page.close()
    heard: list[str] = attack.kernel("result = heard()")
    stolen = [cookies for cookies in heard if "jupyterhub-hub-login" in cookies]
    assert stolen, "the reason of the whole: the kernel is sent the login"
    return stolen[-1]


@pytest.mark.parametrize("target", TARGETS)
def test_no_page_begins_a_sign_in(attack: Attacked, target: str) -> None:
    for place in attack.places:
        began = attack.kernel(f"result = begin({place!r}, {target!r})")
        assert (began["status"], began["code"], began["cookies"]) == (403, "decisions-off", []), place


def test_the_hubs_login_in_the_kernels_hands_grants_nothing(attack: Attacked) -> None:
    """The kernel signs itself in as the reviewer with the stolen login; JavaScript in the lab could not have helped it more."""
    cookie = login_of_the_hub(attack)
    found = attack.kernel(f"result = sign_in_with({cookie!r}, {attack.pages + PATH + '/'!r})")
    none: list[str] = []
    for cookies in (none, [cookie]):
        outcome = attack.kernel(f"result = redeem_and_grant({found!r}, {cookies!r})")
        assert outcome in ("refused", "no code")


def test_tokens_made_with_the_hubs_login_grant_nothing(attack: Attacked) -> None:
    made = attack.javascript(
        "const page = await (await fetch('/hub/token', {credentials: 'include'})).text(); "
        "const name = location.pathname.split('/')[2]; "
        'const xsrf = (page.match(/xsrf_token:\\s*"([^"]+)"/) || [])[1]; '
        "const r = await fetch(`/hub/api/users/${name}/tokens?_xsrf=${encodeURIComponent(xsrf)}`, {method: 'POST', credentials: 'include', "
        "headers: {'Content-Type': 'application/json'}, body: JSON.stringify({note: 'x'})}); "
        "return r.ok ? (await r.json()).token : 'refused ' + r.status"
    )
    assert re.fullmatch(r"[0-9a-f]{32}", made), made
    answers = attack.kernel(f"result = with_tokens([{made!r}])")
    assert {status for status, _ in answers} <= {401, 403, 404, 405}
    assert not [text for _, text in answers if 'name="ticket"' in text or 'id="key"' in text]


def test_lab_javascript_follows_nothing_because_nothing_begins(attack: Attacked) -> None:
    """Windows, frames and requests to the pages from the lab: each is told that decisions are off, none is shown a form."""
    seen = attack.javascript(
        "const said = []; for (const url of a[0]) { try { const r = await fetch(url, {credentials: 'include'}); said.push(await r.text()) } "
        "catch (e) { said.push(e.name) } } return said",
        [f"{place}{PATH}{path}" for place in attack.places for path in attack.targets.values()],
    )
    assert not [text for text in seen if 'name="ticket"' in text or 'id="key"' in text]
    for target in TARGETS:
        page = attack.context.new_page()
        page.goto(attack.page_of(target))
        assert page.get_attribute("[data-code]", "data-code") == "decisions-off"
        assert page.locator("form").count() == 0
        page.close()


@pytest.mark.parametrize("target", ["decision", "package"])
def test_an_imitation_under_the_users_path_posts_nothing_that_counts(attack: Attacked, target: str) -> None:
    for place in attack.places:
        attack.javascript(
            'document.body.innerHTML = `<form method=post target=_blank action="${a[0]}"><input name=verdict value=approve>'
            "<input name=ticket value=x><input name=content_id value=x><button id=imitated>Decide</button></form>`",
            f"{place}{PATH}{attack.targets[target]}",
        )
        with attack.context.expect_page() as opened:
            attack.lab.click("#imitated")
        opened.value.wait_for_selector("[data-code=decisions-off]")
        opened.value.close()
    attack.fresh()


def test_the_lab_says_that_decisions_are_off_and_what_to_set(attack: Attacked) -> None:
    me = attack.kernel("result = json.loads(api('/api/v1/whoami')[1])")
    assert (me["decisions"]["on"], me["decisions"]["off_because"]) == (False, ["plain-http"])
