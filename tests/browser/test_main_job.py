"""The main job in a real browser: dana sends, remy reviews, asks for changes, dana sends again, remy approves, dana sees it.

Between the steps hub and review service are killed (SIGKILL) and come back unaided; nothing is lost.
"""

from __future__ import annotations

import os
import re
import signal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser

NOTEBOOK = "churn/churn.ipynb"


def test_a_notebook_goes_from_its_author_through_review_to_approval(sit: Sitting, demo_hub: DemoHub) -> None:
    dana, remy = sit("dana"), sit("remy")
    for person in (dana, remy):
        person.expect_outages()
    remy.show_panel()

    number = _dana_sends(dana)
    _kill(demo_hub.service_pid())
    _remy_claims(remy, number)
    _kill(demo_hub.hub_pid())
    _remy_comments(remy)
    _kill(demo_hub.service_pid())
    _dana_sees_what_was_said(dana)
    _remy_finds_the_drafts_again(remy, number)
    remy.decide(
        "request_changes", "Sort the bars and explain the last one, please.", "decision-request-changes", drafts=1
    )
    remy.expect_state(number, "changes_requested")
    expect(remy.page.locator("[data-enablement-drafts]")).to_have_count(0, timeout=RECOVERY)
    _kill(demo_hub.hub_pid())
    _dana_answers(dana, number)
    _kill(demo_hub.hub_pid())
    _remy_approves(remy, number)
    _kill(demo_hub.service_pid())
    _dana_sees_it(dana, number)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _dana_sends(dana: Person) -> int:
    dana.open_notebook(NOTEBOOK)
    dana.shot("notebook")
    dialog = dana.send_dialog()
    dialog.locator('[data-enablement-field="problem"]').fill("Which customers are about to leave?")
    dialog.locator('[data-enablement-field="value"]').fill("Retention calls the right hundred people a week.")
    dialog.locator('[data-enablement-field="expected"]').fill("A weekly list with a score per customer.")
    dialog.locator('[data-enablement-field="stage"]').select_option("model_development")
    offered = dialog.locator("[data-enablement-candidate]")
    assert offered.count() >= 2, "the local module and the data file are offered"
    dana.shot("send-dialog")
    number, version = dana.send(dialog)
    assert version == 1
    return number


def _remy_claims(remy: Person, number: int) -> None:
    expect(remy.row(number)).to_be_visible(timeout=RECOVERY)  # it came by itself
    remy.shot("queue")
    remy.open_submission(number)
    remy.expect_state(number, "submitted")
    remy.shot("overview")
    remy.press_until(remy.page.locator(hook("claim")), remy.page.locator(hook("release")))
    remy.expect_state(number, "in_review")


def _remy_comments(remy: Person) -> None:
    panel = remy.tab("notebook")
    code = remy.read_until(
        panel, panel.locator('[data-enablement-cell]:has([data-enablement-line="3"])', has_text="plot.bar")
    )
    remy.comment(code.locator('[data-enablement-line="3"]'), "Please sort the bars by churn.")
    plot = remy.read_until(panel, panel.locator("[data-enablement-output]", has=remy.page.locator("img")))
    remy.draft(plot.locator(hook("comment-output")), "Is the last bar everybody above 60 months?")
    remy.draft(plot.locator(hook("comment-output")), "Never mind this one.")
    remy.shot("review-notebook")


def _dana_sees_what_was_said(dana: Person) -> None:
    """The comment, and nothing of what is not published yet."""
    notes = dana.page.locator("[data-enablement-notes] [data-enablement-comment]")
    expect(notes.filter(has_text="Please sort the bars by churn.")).to_be_visible(timeout=RECOVERY)
    expect(notes).to_have_count(1)


def _remy_finds_the_drafts_again(remy: Person, number: int) -> None:
    """In a lab that was loaded anew, after the service was killed: both are there; one is thrown away, the other written anew."""
    remy.open_lab()
    remy.show_panel()
    expect(remy.row(number)).to_be_visible(timeout=RECOVERY)
    remy.open_submission(number)
    bar = remy.page.locator('[data-enablement-drafts="2"]')
    expect(bar).to_contain_text("2 drafts", timeout=RECOVERY)
    bar.locator(hook("show-drafts")).click()
    kept = remy.page.locator("[data-enablement-draft]:visible", has_text="Is the last bar")
    kept.locator(hook("edit-draft")).click()
    composer = remy.page.locator("[data-enablement-composer]:visible").first
    expect(composer.locator("textarea")).to_have_value("Is the last bar everybody above 60 months?")
    composer.locator("textarea").fill("Is the last bar everybody above 65 months?")
    remy.press_until(
        composer.locator(hook("submit-comment")),
        remy.page.locator("[data-enablement-draft]:visible", has_text="above 65 months"),
    )
    remy.page.locator("[data-enablement-draft]:visible", has_text="Never mind").locator(hook("discard-draft")).click()
    remy.page.locator(".jp-Dialog button.jp-mod-warn").click()
    expect(remy.page.locator('[data-enablement-drafts="1"]')).to_be_visible(timeout=RECOVERY)
    remy.shot("drafts")


def _dana_answers(dana: Person, number: int) -> None:
    notes = dana.page.locator("[data-enablement-notes] [data-enablement-comment]")
    expect(notes.filter(has_text="Is the last bar everybody above 65 months?")).to_be_visible(timeout=RECOVERY)
    expect(notes.filter(has_text="Please sort the bars by churn.")).to_be_visible()
    asked = dana.page.locator("[data-enablement-requests]")
    expect(asked).to_contain_text("Sort the bars and explain the last one, please.", timeout=RECOVERY)
    expect(asked.locator(hook("send-version"))).to_be_in_viewport(ratio=1)  # the strip is as high as its text
    notes.first.scroll_into_view_if_needed()
    dana.shot("author-sees-comments")
    commented = dana.page.locator(".jp-CodeCell").filter(
        has=dana.page.locator("[data-enablement-notes]", has_text="Please sort the bars by churn.")
    )
    editor = commented.locator(".cm-content").first
    editor.click()
    dana.page.keyboard.press("Control+End")
    dana.page.keyboard.type("\n# the last bar holds everybody from 66 to 72 months")
    dialog = dana.send_dialog(patience=RECOVERY)
    expect(dialog.locator('[data-enablement-field="target"]')).to_contain_text(re.compile(rf"#{number}"))
    expect(dialog.locator('[data-enablement-field="problem"]')).to_have_value("Which customers are about to leave?")
    dana.shot("send-version-2")
    assert dana.send(dialog) == (number, 2)
    expect(asked).to_have_count(0, timeout=RECOVERY)


def _remy_approves(remy: Person, number: int) -> None:
    expect(remy.page.locator(hook("select-version"))).to_contain_text("Version 2", timeout=RECOVERY)
    panel = remy.tab("notebook")
    thread = remy.read_until(
        panel, panel.locator("[data-enablement-thread]", has_text="Please sort the bars by churn.")
    )
    expect(thread).to_have_attribute("data-enablement-placed", re.compile("unchanged|moved|changed"), timeout=PATIENCE)
    remy.shot("review-version-2")
    _remy_publishes(remy, panel, thread)
    remy.decide("approve", "", "decision-approve")
    remy.expect_state(number, "approved")
    remy.shot("approved")
    history = remy.tab("history")
    for kind in (
        *("sent", "claimed", "commented", "changes_requested", "version_sent", "review_published"),
        *("comment_edited", "approved"),
    ):
        expect(history.locator(f'[data-enablement-event="{kind}"]').first).to_be_visible()
    remy.shot("history")


def _remy_publishes(remy: Person, panel: Locator, thread: Locator) -> None:
    """A reply and a resolution, together, without a verdict; then a slip of the pen is put right."""
    thread.locator(hook("reply")).click()
    thread.locator("textarea").fill("Sorted, thak you.")
    remy.press_until(
        thread.locator(hook("add-draft")), thread.locator("[data-enablement-draft]")
    )  # the hub was just killed
    expect(thread.locator("[data-enablement-draft]")).to_have_count(1, timeout=PATIENCE)
    remy.press_until(thread.locator(hook("draft-resolve")), thread.locator('[data-enablement-draft-kind="resolve"]'))
    remy.shot("drafts-in-a-thread")
    publish = remy.page.locator(f'[data-enablement-drafts="2"] {hook("publish-drafts")}')
    remy.press_until(publish, panel.locator('[data-enablement-resolved="true"]'))
    expect(remy.page.locator("[data-enablement-drafts]")).to_have_count(0, timeout=PATIENCE)
    resolved = panel.locator('[data-enablement-resolved="true"]')
    resolved.locator(".enb-thread-head [aria-expanded]").click()
    said = resolved.locator("[data-enablement-comment]").last
    expect(said).to_contain_text("Sorted, thak you.")
    said.locator(hook("edit-comment")).click()
    said.locator("textarea").fill("Sorted, thank you.")
    remy.press_until(said.locator(hook("submit-comment")), said.locator(hook("comment-history")))
    said.locator(hook("comment-history")).click()
    expect(said.locator("[data-enablement-comment-history] li")).to_have_count(2, timeout=PATIENCE)
    remy.shot("comment-history")


def _dana_sees_it(dana: Person, number: int) -> None:
    dana.show_panel()
    expect(dana.row(number)).to_contain_text("Approved", timeout=RECOVERY)
    dana.shot("author-sees-approval")
