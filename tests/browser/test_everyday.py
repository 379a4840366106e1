"""What happens around the main job: the service is away, the same thing twice, a link from outside, a script in the lab."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser


def test_with_the_service_away_nothing_is_lost_and_try_again_sends_once(sit: Sitting, demo_hub: DemoHub) -> None:
    _copy_of_the_demo(demo_hub, "away")
    dana = sit("dana")
    dana.open_notebook("away/churn.ipynb")
    dialog = dana.send_dialog()
    dialog.locator('[data-enablement-field="title"]').fill("Sent through an outage")
    watchdog = demo_hub.watchdog_pid()
    os.kill(watchdog, signal.SIGSTOP)
    try:
        os.kill(demo_hub.service_pid(), signal.SIGKILL)
        dialog.locator(hook("send")).click()
        expect(dialog.locator('[data-enablement-outcome="service-away"]')).to_be_visible(timeout=PATIENCE)
        dana.shot("service-away")
    finally:
        os.kill(watchdog, signal.SIGCONT)
    dialog.locator(hook("close")).click()

    again = dana.send_dialog(patience=RECOVERY)
    expect(again.locator('[data-enablement-field="title"]')).to_have_value("Sent through an outage")
    sent = again.locator('[data-enablement-phase="sent"]')
    dana.press_until(again.locator(f"{hook('send')}, {hook('retry')}"), sent)
    number = sent.get_attribute("data-enablement-submission")
    again.locator(hook("close")).click()

    same = dana.send_dialog()
    same.locator(hook("send")).click()
    outcome = same.locator('[data-enablement-outcome="already-sent"]')
    expect(outcome).to_contain_text(re.compile(rf"#{number} v1"), timeout=PATIENCE)
    dana.shot("already-sent")
    outcome.locator(hook("open")).click()
    dana.document(int(number or 0))
    dana.show_panel()
    expect(dana.page.locator("[data-enablement-item]", has_text="Sent through an outage")).to_have_count(1)


def test_a_link_from_outside_opens_the_submission_after_signing_in(sit: Sitting, demo_hub: DemoHub) -> None:
    number = _sent(sit("dana"), demo_hub, "link")
    sit("remy")  # has a server running
    stranger = sit("remy", server=False)
    stranger.page.goto(f"{demo_hub.url}/services/enablement/s/{number}")
    stranger.document(number)
    stranger.shot("deep-link")


def test_what_is_no_secret_is_sent_with_a_reason_and_the_reviewer_reads_it(sit: Sitting, demo_hub: DemoHub) -> None:
    _copy_of_the_demo(demo_hub, "sample")
    path = demo_hub.state / "home" / "dana" / "sample" / "churn.ipynb"
    document = json.loads(path.read_text())
    document["cells"][0] |= {"cell_type": "markdown", "source": "Data: https://reader:r3ader-pw@example.org/data.csv"}
    document["cells"][0].pop("outputs", None), document["cells"][0].pop("execution_count", None)
    path.write_text(json.dumps(document))
    dana = sit("dana")
    dana.open_notebook("sample/churn.ipynb")
    dialog = dana.send_dialog()
    dialog.locator('[data-enablement-field="title"]').fill("With a public sample")
    dialog.locator(hook("send")).click()
    finding = dialog.locator('[data-enablement-outcome="secret-found"] [data-enablement-finding="url-password"]')
    expect(finding).to_contain_text("cell 1, line 1: a password in a URL", timeout=PATIENCE)
    finding.get_by_label("This is not a secret").check()
    finding.locator('[data-enablement-field="not-secret-reason"]').fill("The public reader <b>of the sample</b>.")
    secrets = dialog.locator('[data-enablement-finding="secrets.found"] .enb-chip')
    expect(secrets).to_have_text("With a reason", timeout=PATIENCE)
    dana.shot("not-a-secret")
    number, _ = dana.send(dialog)

    remy = sit("remy")
    remy.page.goto(f"{demo_hub.url}/services/enablement/s/{number}")
    remy.document(number)
    said = remy.tab("overview").locator("[data-enablement-not-secrets]")
    expect(said).to_contain_text("cell 1, line 1: what looks like a password in a URL", timeout=PATIENCE)
    expect(said).to_contain_text("The public reader <b>of the sample</b>.")
    remy.shot("not-a-secret-read")


def test_scripts_in_a_reviewers_lab_cannot_decide(sit: Sitting, demo_hub: DemoHub) -> None:
    number = _sent(sit("dana"), demo_hub, "forged")
    remy = sit("remy")
    remy.open_lab(f"reset&enablement-submission={number}")
    remy.document(number)
    _visit_decision_page(remy, demo_hub, number)  # now the service's cookies are there
    body = "ticket=x&content_id=x&verdict=approve&track=technical"
    # 403 at the lab's own address; at the other one a script is not even told the status.
    for origin, seen in ((demo_hub.url, 403), (demo_hub.decisions, 0)):
        address = f"{origin}/services/enablement/decide/{number}"
        for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
            assert _fetch(remy.page, address, "POST", kind, body) == seen
        assert _fetch(remy.page, address, "GET", "text/plain", None) == seen
        assert _popup_is_closed_to_scripts(remy.page, address)
        assert _frame_is_refused(remy.page, address)
    remy.expect_state(number, "submitted")


def test_the_main_steps_are_readable_in_the_dark(sit: Sitting, demo_hub: DemoHub) -> None:
    _copy_of_the_demo(demo_hub, "dark")
    dana, remy = sit("dana", dark=True), sit("remy", dark=True)
    for person in (dana, remy):
        person.theme("JupyterLab Dark")
        expect(person.page.locator("body")).to_have_attribute("data-jp-theme-light", "false", timeout=PATIENCE)
    dana.open_notebook("dark/churn.ipynb")
    dialog = dana.send_dialog()
    dana.shot("dark-send-dialog")
    number, _ = dana.send(dialog)
    remy.show_panel()
    expect(remy.row(number)).to_be_visible(timeout=RECOVERY)
    remy.open_submission(number)
    remy.shot("dark-overview")
    panel = remy.tab("notebook")
    code = remy.read_until(
        panel, panel.locator('[data-enablement-cell]:has([data-enablement-line="3"])', has_text="plot.bar")
    )
    remy.comment(code.locator('[data-enablement-line="3"]'), "Please sort the bars.")
    remy.shot("dark-review-notebook")
    assert _contrast(remy.page, "[data-enablement-comment]") >= 4.5
    assert _contrast(remy.page, ".enb-header h2") >= 4.5
    remy.decide("request_changes", "Sort the bars.", "dark-decision")
    remy.expect_state(number, "changes_requested")
    remy.tab("history")
    remy.shot("dark-history")
    for person in (dana, remy):
        person.theme("JupyterLab Light")
    expect(remy.page.locator("body")).to_have_attribute("data-jp-theme-light", "true", timeout=PATIENCE)
    remy.read_until(remy.tab("notebook"), remy.page.locator("[data-enablement-thread]:visible"))
    remy.page.mouse.move(0, 0)
    remy.page.wait_for_timeout(1000)
    remy.shot("light-again")


def _copy_of_the_demo(demo_hub: DemoHub, name: str) -> None:
    home = demo_hub.state / "home" / "dana"
    shutil.copytree(home / "churn", home / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    notebook = home / name / "churn.ipynb"
    notebook.write_text(
        notebook.read_text().replace("Which customers are about to leave?", f"Which customers leave: {name}")
    )


def _sent(dana: Person, demo_hub: DemoHub, name: str) -> int:
    _copy_of_the_demo(demo_hub, name)
    dana.open_notebook(f"{name}/churn.ipynb")
    return dana.send(dana.send_dialog())[0]


def _visit_decision_page(remy: Person, demo_hub: DemoHub, number: int) -> None:
    page = remy.page.context.new_page()
    page.goto(f"{demo_hub.decisions}/services/enablement/decide/{number}")
    expect(page.locator('input[name="verdict"]').first).to_be_visible()
    page.close()


def _fetch(page: Page, address: str, method: str, kind: str, body: str | None) -> int:
    """The status that a script in this page gets (0: it may not see the answer), with all cookies and the token against cross-site requests it can find."""
    return int(
        page.evaluate(
            """async ([address, method, kind, body]) => {
                const xsrf = (document.cookie.match(/_xsrf=([^;]+)/) || [])[1] || '';
                const headers = {'Content-Type': kind, 'X-XSRFToken': xsrf};
                try {
                    const answer = await fetch(address, {method, credentials: 'include', headers, body: body ?? undefined});
                    return answer.status;
                } catch { return 0; }
            }""",
            [address, method, kind, body],
        )
    )


def _popup_is_closed_to_scripts(page: Page, address: str) -> bool:
    return bool(
        page.evaluate(
            """async address => {
                const popup = window.open(address);
                await new Promise(done => setTimeout(done, 3000));
                try { return !popup || popup.closed || popup.document.forms.length === 0; }
                catch { return true; }
            }""",
            address,
        )
    )


def _frame_is_refused(page: Page, address: str) -> bool:
    return bool(
        page.evaluate(
            """async address => {
                const frame = document.createElement('iframe');
                frame.src = address;
                document.body.append(frame);
                await new Promise(done => setTimeout(done, 2000));
                try { return !frame.contentDocument || frame.contentDocument.forms.length === 0; }
                catch { return true; }
            }""",
            address,
        )
    )


def _contrast(page: Page, selector: str) -> float:
    """The contrast of an element's text with what is behind it (WCAG 2, relative luminance)."""
    return float(
        page.evaluate(
            """selector => {
                const rgb = text => text.match(/[\\d.]+/g).map(Number);
                const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                const element = document.querySelector(selector);
                let behind = element;
                while (behind && (rgb(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
                const [a, b] = [rgb(getComputedStyle(element).color), rgb(getComputedStyle(behind || document.body).backgroundColor)].map(light);
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            }""",
            selector,
        )
    )
