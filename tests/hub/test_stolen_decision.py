"""A notebook that a reviewer runs tries to decide in the reviewer's name: its kernel and its JavaScript in the lab, working together in Chromium.

A hub with accounts of their own over https, once for each place that a decision page can have. The reviewer looks after images as well: there are a
decision, a package answer and access to a repository to be had. Every attack begins where the reviewer has run the notebook and is signed in
everywhere; none may leave any of them. In the end the reviewer decides by hand, which shows that it could have been done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.hub.attacked import DEPLOYMENTS, PATH, Attacked, attacked_browser, sign_in, two_accounts

pytestmark = [pytest.mark.slow, pytest.mark.browser]
OURS = re.compile("enablement-session$")


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, str]]:
    """Two accounts of this machine, the author's first."""
    with two_accounts() as made:
        yield made


@pytest.fixture(scope="module", params=[name for name, each in DEPLOYMENTS.items() if each.scheme == "https"])
def attacked(
    request: pytest.FixtureRequest, people: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Attacked]:
    with attacked_browser(DEPLOYMENTS[request.param], people, tmp_path_factory.mktemp("attacked")) as found:
        visited = found.context.new_page()  # the reviewer was there before, and has a session
        visited.goto(found.decision_page)
        visited.wait_for_selector("button")
        visited.close()
        yield found


@pytest.fixture
def attack(attacked: Attacked) -> Iterator[Attacked]:
    """For one attack; afterwards nothing was decided, answered or given."""
    yield attacked
    for page in attacked.context.pages:
        if page not in (attacked.lab, attacked.desk):
            page.close()
    assert attacked.granted() == []


@pytest.mark.parametrize("target", ["decision", "package", "access"])
def test_the_kernel_begins_the_javascript_follows_the_kernel_redeems(attack: Attacked, target: str) -> None:
    """The attack that these pages were made against."""
    for place in attack.places:
        began = attack.kernel(f"result = begin({place!r}, {target!r})")
        if place != attack.pages:
            assert (
                "/oauth2/authorize" not in began["location"] or "client_id=service-enablement" not in began["location"]
            )
            continue
        assert began["status"] == 302
        seen = attack.javascript(
            "try { const r = await fetch(a[0], {credentials: 'include'}); return r.url } catch (e) { return '' }",
            began["location"],
        )
        assert attack.kernel(f"result = redeem_and_grant({seen!r}, {began['cookies']!r})") == "no code"
        assert "code=" not in seen


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
    began = attack.kernel("result = begin(PLACES[0])")
    assert began["status"] == 302
    seen = attack.javascript(f"try {{ {FOLLOW[way]} }} catch (e) {{ return e.name }}", began["location"])
    if way == "reports of a policy":
        attack.fresh()
    assert attack.kernel(f"result = redeem_and_grant({seen!r}, {began['cookies']!r})") == "no code"
    assert "code=" not in seen


def test_a_service_worker_over_the_whole_host_sees_no_code(attack: Attacked) -> None:
    began = attack.kernel("result = begin(PLACES[0])")
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
    assert not [line for line in seen if f"{attack.pages}{PATH}" in line]


def test_cookies_that_are_tossed_or_overwritten_give_the_kernel_nothing(attack: Attacked) -> None:
    """Fixation: the kernel's flow cookie is put into the reviewer's browser, for every host that a lab may set cookies for."""
    began = attack.kernel("result = begin(PLACES[0])")
    domains = ("", f"; domain={attack.deployment.shared}", f"; domain={urlsplit(attack.pages).hostname}")
    forged = [*began["cookies"], "enablement-session=forged", "__Host-enablement-session=forged"]
    tossed = [
        f"{cookie}; path={path}; secure{domain}"
        for cookie in forged
        for path in ("/", f"{PATH}/", f"{PATH}/decide", f"{PATH}/decide/")
        for domain in domains
    ]
    attack.javascript(
        "for (const c of a[0]) document.cookie = c; window.open(a[1]); await new Promise(d => setTimeout(d, 3000))",
        tossed,
        began["location"],
    )
    visible = attack.javascript("return document.cookie")
    readable = {cookie.strip() for cookie in visible.split(";") if "=eyJ" in cookie}
    assert readable <= set(began["cookies"]), "of signed values a script sees those that it brought itself"
    assert attack.kernel(f"result = opened({began['cookies']!r})") == []
    attack.javascript("for (const c of a[0]) document.cookie = c.replace(/=[^;]*/, '=') + '; max-age=0'", tossed)


def test_a_listener_of_the_kernel_on_the_host_names_is_sent_nothing(attack: Attacked) -> None:
    port = attack.kernel("result = listen()")["port"]
    hosts = {urlsplit(place).hostname for place in attack.places}
    for host in hosts:
        for path in ("/", "/hub/", f"{PATH}/decide/1"):
            page = attack.context.new_page()
            page.goto(f"http://{host}:{port}{path}")
            page.close()
    heard = attack.kernel("result = heard()")
    assert len(heard) >= 3 * len(hosts)
    assert not [name for name in heard if "jupyterhub-hub-login" in name or "enablement" in name]


def test_a_server_of_the_reviewer_is_sent_no_cookie_of_the_pages(attack: Attacked) -> None:
    """Cookies know no port: what the pages set must not go to `/user/…` at the hub's port."""
    ours = [cookie for cookie in attack.context.cookies() if "enablement" in cookie["name"]]
    assert ours
    assert all(cookie["httpOnly"] and cookie["secure"] for cookie in ours)
    own_host = urlsplit(attack.pages).hostname != urlsplit(attack.hub).hostname
    for cookie in ours:
        if own_host:
            assert (cookie["name"][:7], cookie["path"]) == ("__Host-", "/")
            assert cookie["domain"] == urlsplit(attack.pages).hostname
        else:
            assert cookie["path"] == f"{PATH}/"


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


@pytest.mark.parametrize("target", ["decision", "package"])
def test_an_imitation_under_the_users_path_posts_nothing_that_counts(attack: Attacked, target: str) -> None:
    """A form of the lab's origin with everything a page has but a ticket of its own; pressed by the reviewer."""
    for place in attack.places:
        attack.javascript(
            'document.body.innerHTML = `<form method=post target=_blank action="${a[0]}"><input name=verdict value=${a[1]}>'
            "<input name=ticket value=x><input name=content_id value=x><button id=imitated>Decide</button></form>`",
            f"{place}{PATH}{attack.targets[target]}",
            "approve" if target == "decision" else "accept",
        )
        with attack.context.expect_page() as opened:
            attack.lab.click("#imitated")
        opened.value.wait_for_load_state()
        code = opened.value.locator("[data-code]").first
        wanted = "decision-page-only" if place == attack.pages else "wrong-origin"
        if place == attack.pages or code.count():  # under subdomains the service is at no other host
            assert code.get_attribute("data-code") == wanted
        opened.value.close()
    attack.fresh()


def test_tokens_of_the_server_and_tokens_made_by_scripts_grant_nothing(attack: Attacked) -> None:
    """On one host name lab JavaScript can use the hub's own API in the reviewer's name, and make tokens with all of their permissions."""
    made = attack.javascript(
        "try { const page = await (await fetch(`${a[0]}/hub/token`, {credentials: 'include'})).text(); "
        "const name = location.pathname.split('/')[2]; "
        'const xsrf = (page.match(/xsrf_token:\\s*"([^"]+)"/) || [])[1]; '
        "const r = await fetch(`${a[0]}/hub/api/users/${name}/tokens?_xsrf=${encodeURIComponent(xsrf)}`, {method: 'POST', credentials: 'include', "
        "headers: {'Content-Type': 'application/json'}, body: JSON.stringify({note: 'x'})}); "
        "return r.ok ? (await r.json()).token : 'refused ' + r.status } catch (e) { return 'refused ' + e.name }",
        attack.hub,
    )
    if urlsplit(attack.lab.url).hostname != urlsplit(attack.hub).hostname:
        assert " " in made, "under subdomains the hub's own pages are out of reach as well"
    tokens = [made] if " " not in made else []
    answers = attack.kernel(f"result = with_tokens({tokens!r})")
    assert answers
    assert {status for status, _ in answers} <= {401, 403, 404, 302, 405}
    assert not [text for _, text in answers if 'name="ticket"' in text or 'id="key"' in text]


def test_a_replayed_code_and_a_stolen_flow_are_worth_nothing(attack: Attacked) -> None:
    """Even where somebody had seen the reviewer's own way through the sign-in: the code was used, and the flow is another browser's."""
    seen: list[str] = []
    attack.context.clear_cookies(name=OURS)
    page = attack.context.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.goto(attack.decision_page)
    page.wait_for_selector("button")
    callback = next(url for url in seen if "/oauth_callback?" in url)
    began = attack.kernel("result = begin(PLACES[0])")
    none: list[str] = []
    for cookies in (none, began["cookies"]):
        assert attack.kernel(f"result = redeem_and_grant({callback!r}, {cookies!r})") == "refused"


@pytest.mark.parametrize(("target", "verdict"), [("decision", "approve"), ("package", "accept")])
def test_a_click_that_was_meant_for_another_window_grants_nothing(attack: Attacked, target: str, verdict: str) -> None:
    """The lab opens the page under the pointer between the two halves of a double click, and once more a moment later."""
    attack.javascript(
        "document.body.innerHTML = '<div id=lure style=\"position:fixed;inset:0\">double-click me</div>'; "
        "document.getElementById('lure').onmousedown = () => window.open(a[0])",
        attack.page_of(target),
    )
    with attack.context.expect_page() as opened:
        attack.lab.mouse.click(400, 400)
    page = opened.value
    page.wait_for_selector("button[data-confirm]")
    for selector in (f"input[value={verdict}]", "button[data-confirm]", "button[data-confirm]"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    assert page.url == attack.page_of(target)
    attack.fresh()


def test_after_signing_out_of_the_hub_nobody_decides(attacked: Attacked) -> None:
    """A page that is open with a good ticket and a good session of ours; the last of the attacks, because it signs the reviewer out."""
    page = attacked.context.new_page()
    page.goto(attacked.decision_page)
    page.check("input[value=approve]")
    hub = attacked.context.new_page()
    hub.goto(f"{attacked.hub}/hub/logout")
    page.bring_to_front()
    page.click("button[data-confirm]")
    page.wait_for_selector("[data-code=forbidden]")
    assert attacked.granted() == []


def test_the_reviewer_decides_answers_and_gets_access_by_hand(attacked: Attacked, people: dict[str, str]) -> None:
    """That it was possible all the time; and that nothing had been done before."""
    reviewer = list(people)[1]
    page = attacked.context.new_page()
    sign_in(page, attacked.hub, reviewer, people[reviewer])
    for target, verdict, state in (("decision", "approve", "approved"), ("package", "accept", "accepted")):
        page.goto(attacked.page_of(target))
        page.check(f"input[value={verdict}]")
        page.click("button[data-confirm]")
        page.wait_for_selector(f"#state[data-state={state}]")
    page.goto(attacked.page_of("access"))
    page.wait_for_selector("#key")
    assert attacked.granted() == ["approved", "package_accepted", "access_shown"]


def test_the_reviewer_is_told_where_it_came_from_and_takes_it_back(attacked: Attacked) -> None:
    """After everything else: what was done by hand is on the reviewer's own page, and “this was not me” holds the decision."""
    page = attacked.context.new_page()
    page.goto(f"{attacked.pages}{PATH}/confirmations")
    page.click("[data-kind=decision] a")
    assert page.inner_text("#address") == "127.0.0.1"
    assert "Chrome" in page.inner_text("#browser")
    page.click("button[data-confirm]")
    page.wait_for_selector("#disputed[data-held=true]")
    assert attacked.granted()[-1] == "decision_disputed"
