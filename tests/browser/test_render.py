"""Submitted notebooks are hostile: in a reviewer's lab nothing of them runs, nothing is fetched, and nothing is trusted."""

from __future__ import annotations

import base64
import json
import re

import pytest
from playwright.sync_api import Frame, Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.hostile import HOSTILE_MATHS, hostile_notebook, listening
from tests.browser.person import PATIENCE, SERVER_START, Person, hook
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser


def test_nothing_in_a_hostile_notebook_runs_or_leaks_in_the_reviewers_lab(sit: Sitting, demo_hub: DemoHub) -> None:
    with listening() as listener:
        home = demo_hub.state / "home" / "dana"
        (home / "hostile.ipynb").write_bytes(hostile_notebook(listener.url))
        number = _send_unopened(sit("dana"), "hostile.ipynb", "<img src=x onerror=top.canary=1> & \u202egnp.exe")
        heard_before = len(listener.heard)

        remy = sit("remy")
        remy.page.evaluate("() => { window.canary = undefined; }")
        remy.open_lab(f"reset&enablement-submission={number}")
        content_id = (
            remy.document(number)
            .locator("[data-enablement-content-id]")
            .first.get_attribute("data-enablement-content-id")
        )
        panel = remy.tab("notebook")
        remy.read_until(panel, panel.locator('[data-enablement-cell="attack"] [data-enablement-output="19"]'))
        panel.locator('[data-enablement-cell="attack"] [data-enablement-action="more-outputs"]').click()
        remy.read_until(panel, panel.locator('[data-enablement-cell="attack"] [data-enablement-output="23"]'))
        remy.page.wait_for_timeout(3000)
        remy.shot("hostile")

        assert remy.page.evaluate("() => window.canary") is None
        assert listener.heard[heard_before:] == []
        frames = panel.locator("iframe")
        assert frames.count() > 5
        for index in range(frames.count()):
            assert frames.nth(index).get_attribute("sandbox") == ""
        for forbidden in (
            "script",
            "form",
            "object",
            "embed",
            "base",
            "meta",
            "[onload]",
            "[onerror]",
            "[data-commandlinker-command]",
        ):
            assert panel.locator(forbidden).count() == 0, forbidden
            assert all(frame.locator(f"body {forbidden}").count() == 0 for frame in _inner(remy)), forbidden
        assert panel.locator('a[href^="javascript"]').count() == 0
        _mathematics_draws_and_does_nothing_else(remy, panel)
        _nothing_can_be_followed_in_a_frame(remy, panel)
        assert listener.heard[heard_before:] == []
        _a_link_shows_its_address_first(remy, panel, f"{listener.url}/linked")
        assert listener.heard[heard_before] == "/linked"
        assert panel.get_by_role("button", name="Run").count() + panel.get_by_role("button", name="Trust").count() == 0
        _reopened_unchanged(remy, number, content_id)


def _mathematics_draws_and_does_nothing_else(remy: Person, panel: Locator) -> None:
    """What only draws is typeset; what could do more stands there as it was typed."""
    honest = panel.locator('[data-enablement-cell="maths-honest"]')
    expect(remy.read_until(panel, honest).locator("mjx-container")).to_have_count(1, timeout=PATIENCE)
    expect(honest.locator("code")).to_have_text("\\newcommand")
    for number, text in enumerate(HOSTILE_MATHS):
        cell = remy.read_until(panel, panel.locator(f'[data-enablement-cell="maths-{number}"]'))
        expect(cell).to_contain_text(re.split(r"[{\[]", text)[0])
        assert cell.locator("mjx-container, a, img, [style*=url]").count() == 0, text


def test_a_very_large_notebook_can_be_read_at_once(sit: Sitting, demo_hub: DemoHub) -> None:
    home = demo_hub.state / "home" / "dana"
    (home / "large.ipynb").write_text(_large(images=20_000, rows=1_000_000))
    number = _send_unopened(sit("dana"), "large.ipynb", "Large")
    remy = sit("remy")
    remy.open_lab(f"reset&enablement-submission={number}")
    remy.document(number)
    remy.page.evaluate("() => { window.began = performance.now(); }")
    panel = remy.tab("notebook")
    expect(panel.locator('[data-enablement-cell] [data-enablement-line="1"]').first).to_be_visible(timeout=PATIENCE)
    seconds = remy.page.evaluate("() => (performance.now() - window.began) / 1000")
    print(f"first cells of a large notebook after {seconds:.1f} s")
    assert panel.locator("img").count() < 500, "pictures are drawn as the reader comes to them"
    expect(panel.locator("[data-enablement-cut]").first).to_be_attached(timeout=PATIENCE)
    remy.tab("overview")  # the page still answers
    remy.shot("large")


def _send_unopened(dana: Person, path: str, title: str) -> int:
    """Send from the file browser's context menu: dana's own lab never renders it."""
    dana.page.locator('.jp-DirListing-item[data-file-type="notebook"]', has_text=path).click(
        button="right", timeout=SERVER_START
    )
    dana.page.locator('.lm-Menu-item[data-command="enablement:send"]').click()
    dialog = dana.page.locator('[data-enablement-dialog="send"]')
    expect(dialog.locator('[data-enablement-phase="form"]')).to_be_visible(timeout=60_000)
    dialog.locator('[data-enablement-field="title"]').fill(title)
    number, _ = dana.send(dialog)
    return number


def _nothing_can_be_followed_in_a_frame(remy: Person, panel: Locator) -> None:
    """Every frame is clicked where a hostile link would be: all over it."""
    assert all(frame.locator("a[href]").count() == 0 for frame in _inner(remy))
    frames = panel.locator("iframe")
    for index in range(frames.count()):
        frames.nth(index).click(position={"x": 12, "y": 12})
    remy.page.wait_for_timeout(1000)
    assert {frame.url for frame in _inner(remy)} == {"about:srcdoc"}
    listed = panel.locator(".enb-frame-links a").last
    assert listed.text_content() == listed.get_attribute("href")


def _a_link_shows_its_address_first(remy: Person, panel: Locator, address: str) -> None:
    panel.locator(f'[data-enablement-cell="words"] a[href="{address}"]').click()
    dialog = remy.page.locator(".jp-Dialog")
    expect(dialog.locator(".enb-address")).to_have_text(address)
    with remy.page.context.expect_page() as opened:
        dialog.locator(".jp-Dialog-button.jp-mod-accept").click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("() => window.opener") is None
    opened.value.close()


def _inner(person: Person) -> list[Frame]:
    return [frame for frame in person.page.frames if frame != person.page.main_frame]


def _reopened_unchanged(remy: Person, number: int, content_id: str | None) -> None:
    remy.page.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon").first.click()
    remy.open_lab(f"reset&enablement-submission={number}")
    again = remy.document(number).locator("[data-enablement-content-id]").first
    expect(again).to_have_attribute("data-enablement-content-id", content_id or "")
    signed = remy.page.request.get(f"{remy.url}/user/{remy.name}/api/contents/?content=1").json()
    assert [item["name"] for item in signed["content"] if "hostile" in item["name"]] == [], (
        "nothing was put into the reviewer's files"
    )
    assert remy.page.locator(hook("claim")).count() == 1


def _large(images: int, rows: int) -> str:
    """About 180 MB: twenty thousand pictures, a table of a million rows, a text of 140 MB."""
    pixel = base64.b64encode(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
            "0000000c4944415408d763f8cfc0000000030001" + "5c8f2d0e0000000049454e44ae426082"
        )
    ).decode()
    table = "<table>" + "".join(f"<tr><td>{i}</td><td>{i * i}</td></tr>" for i in range(rows)) + "</table>"
    cells = [
        {"cell_type": "code", "id": "table", "execution_count": 1, "metadata": {}, "source": "table", "outputs": [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/html": table, "text/plain": ("x" * 199 + "\n") * 700_000}}]},
        *(
            {"cell_type": "code", "id": f"i{cell}", "execution_count": cell, "metadata": {}, "source": "plot()", "outputs": [
                {"output_type": "display_data", "metadata": {}, "data": {"image/png": pixel}} for _ in range(20)]}
            for cell in range(images // 20)
        ),
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
