"""The decision page in a real Chromium, with JavaScript of a lab page on the same host that tries to decide by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, Route, async_playwright

from enablement_ext.service.http.session import SESSION
from tests.service import people
from tests.service.fixtures import PREFIX, Service

pytestmark = pytest.mark.browser
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@asynccontextmanager
async def browsing(service: Service) -> AsyncIterator[BrowserContext]:
    """remy's browser, signed in at the service, with every request that leaves this host noted as a failure."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        context = await browser.new_context()
        value = service.session(people.REMY_BROWSER)["Cookie"].split("=", 1)[1]
        await context.add_cookies(
            [
                {
                    "name": SESSION,
                    "value": value,
                    "domain": "127.0.0.1",
                    "path": f"{PREFIX}/",
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        yield context
        await browser.close()


def address(service: Service, path: str) -> str:
    return f"http://127.0.0.1:{service.port}{path}"


async def lab_page(service: Service, context: BrowserContext) -> Page:
    """A page of remy's lab: another path of the same host, where code of a hostile notebook may run."""

    async def lab(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<!doctype html><title>lab</title><body></body>")

    await context.route("**/user/remy/lab", lab)
    page = await context.new_page()
    await page.goto(address(service, "/user/remy/lab"))
    return page


async def test_a_reviewer_decides_and_goes_back_to_the_lab(light: Service) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        page = await context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
        await page.goto(address(light, f"{PREFIX}/decide/{found['number']}?decision=request_changes"))
        assert await page.is_checked("input[value=request_changes]")
        assert found["content_id"] in (await page.inner_text("#id")).replace(" ", "")
        await page.get_by_label("Reason").fill("Say where the data comes from.")
        await page.get_by_role("button", name="Decide as remy").click()
        await page.wait_for_selector("#state[data-state=changes_requested]")
        link = page.get_by_role("link", name="Back to the lab")
        assert await link.get_attribute("href") == f"/hub/user-redirect/lab?enablement-submission={found['number']}"
        assert set(asked) == {f"127.0.0.1:{light.port}"}
    assert (await light.submission(found["number"]))["decisions"][0]["by"] == "remy"


ATTEMPTS = {
    "read it with the session's cookie": "fetch(url).then(r => r.status)",
    "read it with invented headers": (
        "fetch(url, {headers: {'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document'}}).then(r => r.status)"
    ),
    "post as a script": "fetch(url, {method: 'POST', body: new URLSearchParams({verdict: 'approve'})}).then(r => r.status)",
    "post as plain text": (
        "fetch(url, {method: 'POST', mode: 'no-cors', headers: {'Content-Type': 'text/plain'}, body: 'a'}).then(r => r.status)"
    ),
}


@pytest.mark.parametrize("name", ATTEMPTS)
async def test_a_script_of_the_lab_is_turned_away(light: Service, name: str) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        url = address(light, f"{PREFIX}/decide/{found['number']}")
        assert await lab.evaluate(f"(url) => {ATTEMPTS[name]}", url) == 403
    assert await light.kinds(found["number"]) == ["sent"]


REACHING = {
    "read the page": "w.document.body.innerHTML",
    "press the button": "w.document.forms[0].submit()",
    "take the ticket": "w.document.querySelector('[name=ticket]').value",
    "run something in it": "w.eval('1')",
}


@pytest.mark.parametrize("name", REACHING)
async def test_a_page_that_opened_it_cannot_reach_into_it(light: Service, name: str) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        async with context.expect_page() as opened:
            await lab.evaluate("(url) => { window.w = window.open(url) }", address(light, f"{PREFIX}/decide/1"))
        popup = await opened.value
        await popup.wait_for_selector("button")
        caught = await lab.evaluate(
            f"() => {{ try {{ {REACHING[name]}; return 'reached' }} catch (e) {{ return e.name }} }}"
        )
        assert caught == "SecurityError"
    assert await light.kinds(found["number"]) == ["sent"]


async def test_it_is_in_nobodys_frame(light: Service) -> None:
    await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        await lab.evaluate(
            "(url) => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); "
            "return new Promise(done => f.onload = done) }",
            address(light, f"{PREFIX}/decide/1"),
        )
        frame = lab.frames[1]
        assert await frame.query_selector("button") is None


async def test_a_form_of_the_lab_without_the_ticket_decides_nothing(light: Service) -> None:
    found = await light.sent()
    async with browsing(light) as context:
        lab = await lab_page(light, context)
        async with lab.expect_navigation() as going:
            await lab.evaluate(
                "(url) => { const f = document.createElement('form'); f.method = 'post'; f.action = url; "
                "f.innerHTML = '<input name=verdict value=approve>'; document.body.append(f); f.submit() }",
                address(light, f"{PREFIX}/decide/1"),
            )
        response = await going.value
        assert response is not None
        assert response.status == 403
    assert await light.kinds(found["number"]) == ["sent"]
