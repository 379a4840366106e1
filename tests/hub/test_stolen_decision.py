"""A notebook that a reviewer runs tries to decide in the reviewer's name: its kernel and its JavaScript in the lab, working together in Chromium.

A hub with accounts of their own over https, the decision page on a second port of the hub's host name: the narrowest place that has
decisions. Every attack begins where the reviewer has run the notebook and is signed in everywhere; none may leave a decision. In the end
the reviewer decides by hand, which shows that it could have been done.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.hub.attacked import HOST, PATH, Attacked, desk_of, lab_of, running_hub, two_accounts
from tests.service.factories import SubmissionDraft

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, str]]:
    """Two accounts of this machine, the author's first."""
    with two_accounts() as made:
        yield made


@pytest.fixture(scope="module")
def ports(people: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """A running hub: its port, and that of the decision page."""
    with running_hub(people, tmp_path_factory.mktemp("attacked")) as found:
        yield found


@pytest.fixture(scope="module")
def attacked(people: dict[str, str], ports: tuple[int, int]) -> Iterator[Attacked]:
    (author, author_password), (reviewer, password) = people.items()
    port, pages = ports
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, "--ignore-certificate-errors", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"],
        )
        sender = browser.new_context(ignore_https_errors=True)
        written = lab_of(sender, port, author, author_password)
        writing = Attacked(sender, written, desk_of(written, author), port, pages)
        bundle = base64.b64encode(SubmissionDraft().bundle()).decode()
        receipt = writing.kernel(
            f"result = api('/api/v1/submissions', base64.b64decode('{bundle}'), "
            "{'Content-Type': 'application/x-tar', 'Idempotency-Key': 'attacked-1'})"
        )
        assert receipt[0] == 201, receipt
        sender.close()
        context = browser.new_context(ignore_https_errors=True)
        lab = lab_of(context, port, reviewer, password)
        found = Attacked(context, lab, desk_of(lab, reviewer), port, pages, json.loads(receipt[1])["submission"])
        me = found.kernel("result = json.loads(api('/api/v1/whoami')[1])")
        if "decisions" not in me:  # a service that does not know of two addresses
            found.pages = port
        visited = context.new_page()  # the reviewer was there before, and has a session
        visited.goto(found.decision_page)
        visited.wait_for_selector("button")
        visited.close()
        yield found
        context.close()
        browser.close()


@pytest.fixture
def attack(attacked: Attacked) -> Iterator[Attacked]:
    """For one attack; afterwards nothing was decided."""
    yield attacked
    for page in attacked.context.pages:
        if page not in (attacked.lab, attacked.desk):
            page.close()
    assert attacked.events() == ["sent"]


def test_the_kernel_begins_the_javascript_follows_the_kernel_redeems(attack: Attacked) -> None:
    """The attack that this page was made against."""
    for where in (attack.pages, attack.port):
        began = attack.kernel(f"result = begin({where})")
        if began["status"] == 302:
            seen = attack.javascript(
                "try { const r = await fetch(a[0], {credentials: 'include'}); return r.url } catch (e) { return '' }",
                began["location"],
            )
            assert attack.kernel(f"result = redeem_and_decide({seen!r}, {began['cookies']!r})") == "no code"
            assert "code=" not in seen
        else:
            assert began["status"] == 403


FOLLOW = {
    "without cors": "const r = await fetch(a[0], {credentials: 'include', mode: 'no-cors'}); return r.url",
    "redirects by hand": "const r = await fetch(a[0], {credentials: 'include', redirect: 'manual'}); return r.url + (r.headers.get('location') || '')",
    "an old request": (
        "return await new Promise(done => { const x = new XMLHttpRequest(); x.withCredentials = true; x.open('GET', a[0]); "
        "x.onloadend = () => done(x.responseURL); x.send() })"
    ),
    "a window": (
        "const w = window.open(a[0]); await new Promise(d => setTimeout(d, 3000)); "
        "try { return w.location.href } catch (e) { return e.name }"
    ),
    "a window that is navigated on": (
        "const w = window.open('about:blank'); w.location = a[0]; await new Promise(d => setTimeout(d, 3000)); "
        "try { w.location = 'about:blank'; await new Promise(d => setTimeout(d, 500)); w.history.back(); "
        "await new Promise(d => setTimeout(d, 1000)); return w.location.href } catch (e) { return e.name }"
    ),
    "a frame": (
        "const f = document.createElement('iframe'); f.src = a[0]; document.body.append(f); "
        "await new Promise(d => setTimeout(d, 3000)); try { return f.contentWindow.location.href } catch (e) { return e.name }"
    ),
    "what the browser measured": (
        "try { await fetch(a[0], {credentials: 'include', mode: 'no-cors'}) } catch (e) {} "
        "return performance.getEntries().map(e => e.name).filter(n => n.includes('oauth_callback')).join(' ')"
    ),
    "reports of a policy": (
        "const seen = []; document.addEventListener('securitypolicyviolation', e => seen.push(e.blockedURI)); "
        "const m = document.createElement('meta'); m.httpEquiv = 'Content-Security-Policy'; "
        "m.content = `connect-src ${location.origin}`; "
        "document.head.append(m); try { await fetch(a[0], {credentials: 'include'}) } catch (e) {} "
        "await new Promise(d => setTimeout(d, 500)); return seen.join(' ')"
    ),
}


@pytest.mark.parametrize("way", FOLLOW)
def test_a_code_cannot_be_followed_to(attack: Attacked, way: str) -> None:
    began = attack.kernel(f"result = begin({attack.pages})")
    assert began["status"] == 302
    seen = attack.javascript(f"try {{ {FOLLOW[way]} }} catch (e) {{ return e.name }}", began["location"])
    if way == "reports of a policy":
        attack.fresh()
    assert attack.kernel(f"result = redeem_and_decide({seen!r}, {began['cookies']!r})") == "no code"
    assert "code=" not in seen


def test_a_service_worker_over_the_whole_host_sees_no_code(attack: Attacked) -> None:
    began = attack.kernel(f"result = begin({attack.pages})")
    seen = attack.javascript(
        "const base = location.pathname.split('/lab')[0]; "
        "const r = await navigator.serviceWorker.register(`${base}/lab/extensions/worker/static/worker.js`, {scope: '/'}); "
        "const worker = r.active || r.waiting || r.installing; "
        "if (worker.state !== 'activated') await new Promise(d => worker.addEventListener('statechange', () => worker.state === 'activated' && d())); "
        "const seen = []; const channel = new BroadcastChannel('worker'); channel.onmessage = e => seen.push(e.data); "
        "window.open(a[0]); const f = document.createElement('iframe'); f.src = a[0]; document.body.append(f); "
        "await fetch(a[0], {credentials: 'include'}).catch(() => 0); window.open(a[1]); "
        "await new Promise(d => setTimeout(d, 5000)); await r.unregister(); return seen",
        began["location"],
        attack.decision_page,
    )
    assert any("oauth2/authorize" in line for line in seen), "the worker stood in between"
    assert not [line for line in seen if "code=" in line]
    assert not [line for line in seen if f":{attack.pages}{PATH}" in line]


def test_cookies_that_are_tossed_or_overwritten_give_the_kernel_nothing(attack: Attacked) -> None:
    """Fixation: the kernel's flow cookie is put into the reviewer's browser, and the reviewer's browser ends the flow."""
    began = attack.kernel(f"result = begin({attack.pages})")
    tossed = [
        f"{cookie}; path={path}; secure" for cookie in began["cookies"] for path in ("/", f"{PATH}/", f"{PATH}/decide/")
    ]
    tossed += [f"enablement-session=forged; path={path}; secure" for path in ("/", f"{PATH}/", f"{PATH}/decide")]
    attack.javascript(
        "for (const c of a[0]) document.cookie = c; window.open(a[1]); await new Promise(d => setTimeout(d, 3000))",
        tossed,
        began["location"],
    )
    visible = attack.javascript("return document.cookie")
    readable = {cookie.strip() for cookie in visible.split(";") if "=eyJ" in cookie}
    assert readable <= set(began["cookies"]), "of signed values a script sees those that it brought itself"
    assert attack.kernel(f"result = session_of({began['cookies']!r})") == ""
    attack.javascript("for (const c of a[0]) document.cookie = c.replace(/=[^;]*/, '=') + '; max-age=0'", tossed)


def test_a_listener_of_the_kernel_on_the_host_name_is_sent_nothing(attack: Attacked) -> None:
    got = attack.kernel("result = listen()")
    for path in ("/", "/hub/", f"{PATH}/decide/1"):
        page = attack.context.new_page()
        page.goto(f"http://{HOST}:{got['port']}{path}")
        page.close()
    heard = attack.kernel("result = heard()")
    assert len(heard) >= 3
    assert not [name for name in heard if "jupyterhub-hub-login" in name or "enablement" in name]


def test_a_server_of_the_reviewer_is_sent_no_cookie_of_the_pages(attack: Attacked) -> None:
    """Cookies know no port: what the pages set must not go to `/user/…` at the hub's port."""
    names = {cookie["name"]: cookie for cookie in attack.context.cookies()}
    ours = [cookie for name, cookie in names.items() if "enablement" in name]
    assert ours
    assert all(cookie["path"] == f"{PATH}/" and cookie["httpOnly"] and cookie["secure"] for cookie in ours)


def test_windows_and_channels_carry_nothing(attack: Attacked) -> None:
    """BroadcastChannel, messages, storage, the opener: the page's origin has none of them in common with the lab."""
    seen = attack.javascript(
        "const seen = []; for (const n of ['enablement', 'decision', '']) new BroadcastChannel(n).onmessage = e => seen.push(e.data); "
        "addEventListener('message', e => seen.push(e.data)); addEventListener('storage', e => seen.push(e.key)); "
        "const w = window.open(a[0]); for (let n = 0; n < 100 && !w.closed; n++) await new Promise(d => setTimeout(d, 200)); "
        "w.postMessage({verdict: 'approve'}, '*'); "
        "let reached = w.closed; try { w.document.forms[0].submit(); reached = 'reached' } catch (e) {} "
        "await new Promise(d => setTimeout(d, 500)); return [seen, reached]",
        attack.decision_page,
    )
    assert seen == [[], True], "cut off by Cross-Origin-Opener-Policy"


def test_an_imitation_under_the_users_path_posts_nothing_that_counts(attack: Attacked) -> None:
    """A form of the lab's origin with everything a page has but a ticket of its own; pressed by the reviewer."""
    for port in (attack.pages, attack.port):
        attack.javascript(
            'document.body.innerHTML = `<form method=post target=_blank action="${a[0]}"><input name=verdict value=approve>'
            "<input name=ticket value=x><input name=content_id value=x><button id=imitated>Decide</button></form>`",
            attack.decision_page.replace(f":{attack.pages}", f":{port}"),
        )
        with attack.context.expect_page() as opened:
            attack.lab.click("#imitated")
        opened.value.wait_for_selector("[data-code]")
        code = opened.value.get_attribute("[data-code]", "data-code")
        assert code == ("decision-page-only" if port == attack.pages else "wrong-origin")
        opened.value.close()
    attack.fresh()


def test_tokens_of_the_server_and_tokens_made_by_scripts_decide_nothing(attack: Attacked) -> None:
    """On one host name lab JavaScript can use the hub's own API in the reviewer's name, and make tokens with all of their permissions."""
    made = attack.javascript(
        "const page = await (await fetch('/hub/token', {credentials: 'include'})).text(); "
        "const name = location.pathname.split('/')[2]; "
        'const xsrf = (page.match(/xsrf_token:\\s*"([^"]+)"/) || [])[1]; '
        "const r = await fetch(`/hub/api/users/${name}/tokens?_xsrf=${encodeURIComponent(xsrf)}`, {method: 'POST', credentials: 'include', "
        "headers: {'Content-Type': 'application/json'}, body: JSON.stringify({note: 'x'})}); "
        "return r.ok ? (await r.json()).token : 'refused ' + r.status",
    )
    tokens = [made] if " " not in made else []
    answers = attack.kernel(f"result = with_tokens({tokens!r})")
    assert answers
    assert {status for status, _ in answers} <= {401, 403, 404, 302}
    assert not [text for _, text in answers if "ticket" in text]


def test_a_replayed_code_and_a_stolen_flow_are_worth_nothing(attack: Attacked) -> None:
    """Even where somebody had seen the reviewer's own way through the sign-in: the code was used, and the flow is another browser's."""
    seen: list[str] = []
    attack.context.clear_cookies(name="enablement-session")
    page = attack.context.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.goto(attack.decision_page)
    page.wait_for_selector("button")
    callback = next(url for url in seen if "/oauth_callback?" in url)
    began = attack.kernel(f"result = begin({attack.pages})")
    none: list[str] = []
    for cookies in (none, began["cookies"]):
        assert attack.kernel(f"result = redeem_and_decide({callback!r}, {cookies!r})").startswith("refused")


def test_a_click_that_was_meant_for_another_window_decides_nothing(attack: Attacked) -> None:
    """The lab opens the page under the pointer between the two halves of a double click, and once more a moment later."""
    attack.javascript(
        "document.body.innerHTML = '<div id=lure style=\"position:fixed;inset:0\">double-click me</div>'; "
        "document.getElementById('lure').onmousedown = () => window.open(a[0])",
        attack.decision_page,
    )
    with attack.context.expect_page() as opened:
        attack.lab.mouse.click(400, 400)
    page = opened.value
    page.wait_for_selector("button[data-confirm]")
    for selector in ("input[value=approve]", "button[data-confirm]", "button[data-confirm]"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    assert page.url == attack.decision_page
    attack.fresh()


def test_after_signing_out_of_the_hub_nobody_decides(attacked: Attacked) -> None:
    """A page that is open with a good ticket and a good session of ours; the last of the attacks, because it signs the reviewer out."""
    page = attacked.context.new_page()
    page.goto(attacked.decision_page)
    page.check("input[value=approve]")
    hub = attacked.context.new_page()
    hub.goto(f"https://{HOST}:{attacked.port}/hub/logout")
    page.bring_to_front()
    page.click("button[data-confirm]")
    page.wait_for_selector("[data-code=forbidden]")


def test_the_reviewer_decides_by_hand(attacked: Attacked, people: dict[str, str]) -> None:
    """That it was possible all the time; and that nothing had been decided before."""
    reviewer = list(people)[1]
    page = attacked.context.new_page()
    page.goto(f"https://{HOST}:{attacked.port}/hub/login?next=%2Fhub%2Fhome")
    page.fill("#username_input", reviewer)
    page.fill("#password_input", people[reviewer])
    page.click("#login_submit")
    page.goto(attacked.decision_page)
    page.check("input[value=approve]")
    page.click("button[data-confirm]")
    page.wait_for_selector("#state[data-state=approved]")
    attacked.fresh()
    assert attacked.events() == ["sent", "approved"]
