"""The decision page in a real Chromium, with JavaScript of a lab page on the same host name that tries to decide by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, Route, async_playwright

from enablement_ext.service.http.session import SESSION
from tests.polling import PATIENCE
from tests.service import people
from tests.service.fixtures import PREFIX, Service

pytestmark = pytest.mark.browser
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LIVE_SECONDS = 1.0  # so long the page must be in front before its button works


@asynccontextmanager
async def browsing(service: Service, token: str = people.REMY_BROWSER) -> AsyncIterator[BrowserContext]:
    """A browser, signed in at the service's pages; remy's where nobody else is said."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        context = await browser.new_context()
        context.set_default_timeout(PATIENCE * 1000)
        await context.add_cookies(
            [
                {
                    "name": SESSION,
                    "value": service.session_cookie(token),
                    "domain": "127.0.0.1",
                    "path": f"{PREFIX}/",
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        yield context
        await browser.close()


def decision_page(service: Service, number: int = 1) -> str:
    return f"{service.origin}{PREFIX}/decide/{number}"


def at_the_labs_address(service: Service, number: int = 1) -> str:
    return f"http://127.0.0.1:{service.port}{PREFIX}/decide/{number}"


async def lab_page(service: Service, context: BrowserContext) -> Page:
    """A page of remy's lab: the hub's origin, where code of a hostile notebook may run."""

    async def lab(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<!doctype html><title>lab</title><body></body>")

    await context.route("**/user/remy/lab", lab)
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{service.port}/user/remy/lab")
    return page


async def test_a_reviewer_decides_and_goes_back_to_the_lab(light: Service) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
        await page.goto(f"{decision_page(light, found['number'])}?decision=request_changes")
        assert await page.locator("input[name=verdict]:checked").count() == 0, "an address chooses no verdict"
        assert found["content_id"] in (await page.inner_text("#id")).replace(" ", "")
        await page.get_by_label("Request changes").check()
        await page.get_by_label("Reason").fill("Say where the data comes from.")
        await page.get_by_role("button", name="Decide as remy").click()
        await page.wait_for_selector("#state[data-state=changes_requested]")
        link = page.get_by_role("link", name="Back to the lab")
        lab = f"http://127.0.0.1:{light.port}/hub/user-redirect/lab?enablement-submission={found['number']}"
        assert await link.get_attribute("href") == lab
        assert set(asked) == {f"127.0.0.1:{light.pages}"}
    assert (await light.submission(found["number"]))["decisions"][0]["by"] == "remy"


async def test_a_reviewer_says_that_it_was_not_them_and_an_administrator_lifts_the_hold(light: Service) -> None:
    number = (await light.sent())["number"]
    async with browsing(light) as context:
        page = await context.new_page()
        await page.goto(decision_page(light, number))
        await page.get_by_label("Approve").check()
        await page.get_by_role("button", name="Decide as remy").click()
        await page.wait_for_selector("#state[data-state=approved]")
        await page.get_by_role("link", name="your page of what was done here in your name").click()
        await page.get_by_role("link", name="Approved version 1").click()
        assert await page.inner_text("#address") == "127.0.0.1"
        assert "Chrome" in await page.inner_text("#browser")
        light.clock.advance(timedelta(seconds=1))
        await page.get_by_role("button", name="This was not me").click()
        await page.wait_for_selector("#disputed[data-held=true]")
    assert (await light.submission(number))["state"] == "submitted"
    async with browsing(light, people.PETRA_BROWSER) as context:
        page = await context.new_page()
        await page.goto(f"{light.origin}{PREFIX}/")
        await page.click("#holds")
        await page.get_by_role("link", name="remy").click()
        await page.get_by_label("Lift the hold").check()
        await page.get_by_label("How you know").fill("I asked on the telephone.")
        await page.get_by_role("button", name="Settle as petra").click()
        await page.wait_for_selector("#state[data-state=approved]")
    assert await light.kinds(number) == ["sent", "approved", "decision_disputed", "hold_lifted"]


ENABLED_AFTER = """() => new Promise(done => {
    const button = document.querySelector('button[data-confirm]');
    const began = performance.now();
    const look = () => button.disabled ? requestAnimationFrame(look) : done(performance.now() - began);
    look();
})"""


async def test_the_button_is_not_live_in_the_first_second(light: Service) -> None:
    await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        await page.goto(decision_page(light), wait_until="commit")
        await page.wait_for_selector("button[data-confirm]")
        began = await page.evaluate("performance.now()")
        assert began + await page.evaluate(ENABLED_AFTER) >= 1000 * LIVE_SECONDS


DISTURBANCES = {
    "another window had the focus": "window.dispatchEvent(new Event('focus'))",
    "it was resized": "window.dispatchEvent(new Event('resize'))",
    "it came back from the history": "window.dispatchEvent(new Event('pageshow'))",
    "it was hidden": "document.dispatchEvent(new Event('visibilitychange'))",
}


@pytest.mark.parametrize("name", DISTURBANCES)
async def test_the_button_is_not_live_for_a_second_after(light: Service, name: str) -> None:
    await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        await page.goto(decision_page(light))
        await page.wait_for_selector("button[data-confirm]:enabled")
        assert await page.evaluate(
            f"() => {{ {DISTURBANCES[name]}; return document.querySelector('button').disabled }}"
        )
        assert await page.evaluate(ENABLED_AFTER) >= 900 * LIVE_SECONDS


async def test_the_button_is_not_live_while_something_lies_over_it(light: Service) -> None:
    await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        await page.goto(decision_page(light))
        await page.wait_for_selector("button[data-confirm]:enabled")
        await page.locator("button[data-confirm]").scroll_into_view_if_needed()
        cover = (
            "() => { const over = document.createElement('div'); over.id = 'over'; document.body.append(over);"
            " Object.assign(over.style, {position: 'fixed', inset: '0', zIndex: 9, background: 'white'}) }"
        )
        await page.evaluate(cover)
        await page.wait_for_selector("button[data-confirm]:disabled")
        await page.wait_for_timeout(1500)
        assert await page.is_disabled("button[data-confirm]")
        await page.evaluate("document.getElementById('over').remove()")
        await page.wait_for_selector("button[data-confirm]:enabled")


async def test_a_script_in_the_page_itself_could_not_press_it(light: Service) -> None:
    """Even code that somehow came into the page: a form that a script submits with events is not sent before a person could."""
    found = await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        await page.goto(decision_page(light))
        await page.evaluate(
            "() => { document.querySelector('[value=approve]').checked = true; document.forms[0].requestSubmit() }"
        )
        await page.wait_for_timeout(500)
        assert page.url == decision_page(light)
    assert await light.kinds(found["number"]) == ["sent"]


async def test_nothing_but_the_pages_own_script_runs(light: Service) -> None:
    await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        violations: list[str] = []
        page.on("console", lambda message: violations.append(message.text))
        await page.goto(decision_page(light))
        assert violations == [], "the page keeps its own policy"
        tries = (
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)",
            "const s = document.createElement('script'); s.src = 'data:text/javascript,window.ran=1'; document.body.append(s)",
            "document.body.innerHTML += '<img src=x: onerror=window.ran=1>'",
            "window.setTimeout('window.ran = 1')",
        )
        for each in tries:
            assert await page.evaluate(f"() => {{ try {{ {each} }} catch (e) {{ return e.name }} }}") in (
                "TypeError",
                "EvalError",
            )
        await page.wait_for_timeout(500)
        assert await page.evaluate("window.ran") is None


# Each is sent to both addresses. 403: the service says no; 0: the browser does not let the script have the answer.
ATTEMPTS = {
    "read it with the session's cookie": "fetch(url, {credentials: 'include'})",
    "read it with invented headers": (
        "fetch(url, {credentials: 'include', headers: {'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document'}})"
    ),
    "post as a script": "fetch(url, {method: 'POST', credentials: 'include', body: new URLSearchParams({verdict: 'approve'})})",
    "post as plain text": (
        "fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include', headers: {'Content-Type': 'text/plain'}, body: 'a'})"
    ),
    "follow it by hand": "fetch(url, {credentials: 'include', redirect: 'manual', mode: 'no-cors'})",
}


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_a_script_of_the_lab_is_turned_away(light: Service, name: str) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        script = (
            f"(url) => {ATTEMPTS[name]}.then(r => [r.status, r.type === 'opaque' ? '' : 'readable'], () => [0, ''])"
        )
        status, _ = await lab.evaluate(script, at_the_labs_address(light))
        assert status in (0, 403)
        assert await lab.evaluate(script, decision_page(light)) == [0, ""], "nothing of it can be read"
    assert await light.kinds(found["number"]) == ["sent"]


REACHING = {
    "read the page": "w.document.body.innerHTML",
    "press the button": "w.document.forms[0].submit()",
    "take the ticket": "w.document.querySelector('[name=ticket]').value",
    "run something in it": "w.eval('1')",
    "navigate it": "w.location.href",
}


@pytest.mark.parametrize("name", REACHING)
async def test_a_page_that_opened_it_cannot_reach_into_it(light: Service, name: str) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        async with context.expect_page() as opened:
            await lab.evaluate("(url) => { window.w = window.open(url) }", decision_page(light))
        popup = await opened.value
        await popup.wait_for_selector("button")
        caught = await lab.evaluate(
            f"() => {{ if (w.closed) return 'cut off'; try {{ {REACHING[name]}; return 'reached' }} catch (e) {{ return e.name }} }}"
        )
        assert caught == "cut off", "Cross-Origin-Opener-Policy leaves it no window"
        assert await popup.evaluate("window.opener") is None
    assert await light.kinds(found["number"]) == ["sent"]


async def test_it_is_in_nobodys_frame(light: Service) -> None:
    await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        await lab.evaluate(
            "(url) => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); "
            "return new Promise(done => f.onload = done) }",
            decision_page(light),
        )
        frame = lab.frames[1]
        assert await frame.query_selector("button") is None


async def test_a_form_of_the_lab_decides_nothing_even_with_a_ticket(light: Service) -> None:
    """The session's cookie comes along, because both are one site; `Origin` says where the form is from."""
    found = await light.sent()
    ticket = (await light.page(found["number"])).body.decode().split('name="ticket" value="')[1].split('"')[0]
    async with browsing(light) as context:
        for target in (decision_page(light), at_the_labs_address(light)):
            lab = await lab_page(light, context)
            async with lab.expect_navigation() as going:
                await lab.evaluate(
                    "([url, ticket, id]) => { const f = document.createElement('form'); f.method = 'post'; f.action = url; "
                    "for (const [name, value] of Object.entries({ticket, content_id: id, verdict: 'approve', track: 'technical'})) "
                    "{ const i = document.createElement('input'); i.name = name; i.value = value; f.append(i) } "
                    "document.body.append(f); f.submit() }",
                    [target, ticket, found["content_id"]],
                )
            response = await going.value
            assert response is not None
            assert response.status == 403
    assert await light.kinds(found["number"]) == ["sent"]
