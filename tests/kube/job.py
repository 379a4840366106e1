"""The main job in Chromium against the cluster: dana sends, remy reviews in his lab and approves on the service's own page, dana sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.kube.chart import DECISIONS, HUB

URL = HUB
NOTEBOOK = "churn/churn.ipynb"
COMMENT = "Please sort the bars by churn."


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A browser, where the hub is, the people's passwords, where pictures go."""

    browser: Browser
    url: str
    passwords: dict[str, str]
    shots: Path

    def sit(self, name: str) -> Person:
        """Somebody at a fresh browser, signed in at the hub."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        context.set_default_timeout(PATIENCE)
        person = Person(name, self.passwords[name], self.url, context.new_page(), self.shots)
        person.sign_in()
        return person


@contextmanager
def browser_session(
    address: str, passwords: dict[str, str], shots: Path, decisions: str = ""
) -> Iterator[BrowserSession]:
    """The system's Chromium, headless; it finds the hub at the address of the proxy's Service, the decision pages at `decisions`."""
    shots.mkdir(parents=True, exist_ok=True)
    names = f"--host-resolver-rules=MAP {urlsplit(URL).hostname} {address}"
    if decisions:
        names += f", MAP {urlsplit(DECISIONS).hostname} {decisions}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, names])
        yield BrowserSession(browser, URL, passwords, shots)
        browser.close()


def send(dana: Person) -> tuple[int, int]:
    """Open the notebook, say what it is for, send it; the submission's number and version, from the receipt."""
    dana.open_notebook(NOTEBOOK)
    dialog = dana.send_dialog(patience=RECOVERY)
    dialog.locator('[data-enablement-field="problem"]').fill("Which customers are about to leave?")
    dialog.locator('[data-enablement-field="value"]').fill("Retention calls the right hundred people a week.")
    dialog.locator('[data-enablement-field="expected"]').fill("A weekly list with a score per customer.")
    dana.shot("send-dialog")
    return dana.send(dialog)


def review(remy: Person, number: int, meanwhile: Callable[[], None]) -> None:
    """Claim it, read it, comment on a line; the caller does something bad to the service in between. Then approve."""
    remy.show_panel()
    expect(remy.row(number)).to_be_visible(timeout=RECOVERY)
    remy.shot("queue")
    remy.open_submission(number)
    remy.press_until(remy.page.locator(hook("claim")), remy.page.locator(hook("release")))
    remy.expect_state(number, "in_review")
    meanwhile()
    panel = remy.tab("notebook")
    code = remy.read_until(
        panel, panel.locator('[data-enablement-cell]:has([data-enablement-line="3"])', has_text="plot.bar")
    )
    remy.comment(code.locator('[data-enablement-line="3"]'), COMMENT)
    remy.shot("review")
    remy.decide("approve", "", "decision")
    remy.expect_state(number, "approved")
    remy.shot("approved")


def sees_approval(dana: Person, number: int) -> None:
    """In the list of what she sent, without a reload."""
    dana.show_panel()
    expect(dana.row(number)).to_contain_text("Approved", timeout=RECOVERY)


def first_cell(person: Person, code: str, printed: str) -> None:
    """A new notebook from the launcher, a cell run in it, what it prints."""
    page = person.page
    page.locator('.jp-LauncherCard[data-category="Notebook"]').first.click()
    # JupyterLab may start two kernels for a new notebook and end one of them; what is run meanwhile is lost.
    expect(page.get_by_text(re.compile(r"\| Idle$")).first).to_be_visible(timeout=RECOVERY)
    cell = page.locator(".jp-Notebook:visible .jp-CodeCell .cm-content").first
    cell.click()
    cell.fill(code)
    expect(cell).to_contain_text(code)
    cell.press("Shift+Enter")
    output = page.locator(".jp-Notebook:visible .jp-OutputArea-output").first
    expect(output).to_have_text(re.compile(re.escape(printed)), timeout=RECOVERY)
