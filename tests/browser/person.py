"""A person at a browser: what dana, remy and petra do, in the words of the main job.

Everything goes through the page, as a person would: no call to an API, no shortcut. The hooks it uses are listed in labextension/README.md.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from playwright.sync_api import Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.polling import until

SERVER_START = 240_000  # ms; two cores, and the first start of a server reads everything from disk
PATIENCE = 120_000  # ms; a page has them on two cores with ten others at work
MOMENT = 3000  # ms; what may go away meanwhile, and is tried again then
RECOVERY = 150_000  # ms; a hub looks after its managed services every 30 s


def hook(name: str) -> str:
    """The selector of a button by its hook."""
    return f'[data-enablement-action="{name}"]'


@dataclass(frozen=True)
class Person:
    """One signed-in browser. `shots` is where screenshots go."""

    name: str
    password: str
    url: str
    page: Page
    shots: Path

    def shot(self, name: str, page: Page | None = None) -> None:
        """Take a picture of the page as it is."""
        (page or self.page).screenshot(path=self.shots / f"{name}.png")

    def expect_outages(self) -> None:
        """Close JupyterLab's own dialogs about a hub or proxy that has just died ("Server unavailable or unreachable"), as a person does."""
        lab_says = self.page.locator("dialog.jp-Dialog:not([data-enablement-dialog])").filter(
            has_text=re.compile("unavailable or unreachable|not found|Error", re.IGNORECASE)
        )
        self.page.add_locator_handler(lab_says.first, lambda: self.page.keyboard.press("Escape"))

    def sign_in(self) -> None:
        """From the hub's login form to the hub's next page."""
        home = quote(f"{urlsplit(self.url).path}/hub/home", safe="")
        self.page.goto(f"{self.url}/hub/login?next={home}")
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", self.password)
        self.page.click("#login_submit")
        self.page.wait_for_url("**/hub/home**", timeout=PATIENCE)

    def start_server(self) -> None:
        """Choose what the spawn page recommends, and wait for JupyterLab."""
        self.page.goto(f"{self.url}/hub/spawn/{self.name}")
        if "/hub/spawn/" in self.page.url:
            self.shot(f"spawn-{self.name}")
            self.page.click('form[action*="spawn"] [type=submit]')
        self.page.wait_for_url(re.compile(rf"/user/{self.name}/lab"), timeout=SERVER_START)
        self.open_lab()

    def open_lab(self, query: str = "reset") -> None:
        """JupyterLab with a clean workspace."""
        self.page.goto(f"{self.url}/user/{self.name}/lab?{query}")
        self.page.wait_for_selector("#jp-main-dock-panel", timeout=SERVER_START)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=SERVER_START)

    def command(self, label: str) -> None:
        """Run a command from the palette."""
        # The lab takes the shortcut once it has drawn itself, and whatever takes the focus after that closes the palette.
        until(lambda: self._choose(label), within=PATIENCE / 1000, what=f"“{label}” is chosen in the command palette")

    def _choose(self, label: str) -> bool:
        """Whether the command was pressed; when not, nothing was."""
        box = self.page.locator(".lm-CommandPalette-input:visible")
        if box.count() == 0:
            self.page.locator("body").press("Control+Shift+c")
        with contextlib.suppress(NotInTime):
            box.fill(label, timeout=MOMENT)
            self.page.locator(".lm-CommandPalette-item:visible", has_text=label).first.click(timeout=MOMENT)
            return True
        return False

    def theme(self, name: str) -> None:
        """Switch to "Use Theme: JupyterLab Dark", say. A splash lies over everything while the lab changes."""
        self.command(f"Use Theme: {name}")
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=SERVER_START)

    def open_notebook(self, path: str) -> None:
        """Open a notebook with a ready kernel, by its address."""
        self.page.goto(f"{self.url}/user/{self.name}/lab/tree/{path}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=SERVER_START)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=SERVER_START)

    def send_dialog(self, patience: int = PATIENCE) -> Locator:
        """Press the toolbar button and wait until the form is there, at most `patience` ms."""
        self.page.locator('.jp-NotebookPanel-toolbar [data-command="enablement:send"]:visible').click()
        dialog = self.page.locator('[data-enablement-dialog="send"]')
        expect(dialog.locator('[data-enablement-phase="form"]')).to_be_visible(timeout=patience)
        return dialog

    def send(self, dialog: Locator) -> tuple[int, int]:
        """Send, wait for the receipt, close; the submission's number and version."""
        receipt = dialog.locator('[data-enablement-phase="sent"]')
        self.press_until(dialog.locator(f"{hook('send')}, {hook('retry')}"), receipt)
        number = int(receipt.get_attribute("data-enablement-submission") or "0")
        version = int(receipt.get_attribute("data-enablement-version") or "0")
        self.shot(f"receipt-{self.name}-v{version}")
        dialog.locator(hook("close")).click()
        expect(dialog).to_have_count(0)
        return number, version

    def show_panel(self) -> None:
        """The left panel with my submissions and the queue."""
        tab = self.page.locator('.jp-SideBar [data-id="enablement-panel"]')
        if "lm-mod-current" not in (tab.get_attribute("class") or ""):
            tab.click()

    def row(self, number: int) -> Locator:
        """The row of a submission in the visible lists."""
        return self.page.locator(f'[data-enablement-item="{number}"]').first

    def open_submission(self, number: int) -> Locator:
        """From the row in the panel to the document; its element."""
        self.row(number).locator("button").click()
        return self.document(number)

    def document(self, number: int) -> Locator:
        """The open document of a submission, once it is there."""
        header = self.page.locator(f'[data-enablement-submission="{number}"][data-enablement-state]')
        expect(header).to_be_visible(timeout=RECOVERY)
        return header

    def expect_state(self, number: int, state: str) -> None:
        """Wait until the document shows the state, without reloading."""
        expect(self.document(number)).to_have_attribute("data-enablement-state", state, timeout=RECOVERY)

    def tab(self, name: str) -> Locator:
        """Switch the document to a part; its panel."""
        self.page.locator(f'[data-enablement-tab="{name}"]:visible').click()
        panel = self.page.locator(f'[data-enablement-panel="{name}"]:visible')
        expect(panel).to_be_visible()
        return panel

    def read_until(self, panel: Locator, wanted: Locator) -> Locator:
        """Scroll through the notebook, as a reader does, until the wanted part is drawn; the part, in view."""
        cells = panel.locator("[data-enablement-cell]")
        expect(cells.first).to_be_visible(timeout=RECOVERY)

        def drawn() -> bool:
            for index in range(cells.count()):
                cells.nth(index).scroll_into_view_if_needed()
                self.page.wait_for_timeout(100)  # so fast does a reader scroll
                if wanted.count() > 0:
                    return True
            return False

        until(drawn, within=RECOVERY / 1000, what=f"{wanted} is drawn")
        wanted.first.scroll_into_view_if_needed()
        return wanted.first

    def comment(self, target: Locator, text: str) -> None:
        """Write a comment through the button that belongs to a line, an output or a cell."""
        target.click()
        composer = self.page.locator("[data-enablement-composer]:visible").first
        composer.locator("textarea").fill(text)
        self.press_until(
            composer.locator(hook("submit-comment")),
            self.page.locator("[data-enablement-comment]:visible", has_text=text).first,
        )

    def draft(self, target: Locator, text: str) -> None:
        """Keep a comment for the review instead, through the same button."""
        target.click()
        composer = self.page.locator("[data-enablement-composer]:visible").first
        composer.locator("textarea").fill(text)
        self.press_until(
            composer.locator(hook("add-draft")),
            self.page.locator("[data-enablement-draft]:visible", has_text=text).first,
        )

    def press_until(self, button: Locator, done: Locator) -> None:
        """Press, and press again while a refusal stands there: what hub and service answer when they have just been killed."""

        def pressed() -> bool:
            with contextlib.suppress(Error):  # a dialog of the lab's may have come up under the hand
                button.click(timeout=3000)
            return _comes(done)

        until(pressed, within=RECOVERY / 1000, what=f"{done} comes after {button}")

    def decide(self, verdict: str, reason: str, shot: str, drafts: int = 0) -> None:
        """Open the decision page from the document, decide there, and close it; the page lists so many drafts, which are published with it."""
        with self.page.context.expect_page() as opened:
            self.page.locator(f"{hook(verdict)}:visible").click()
        page = opened.value
        page.wait_for_load_state()
        choice = page.locator(f'input[name="verdict"][value="{verdict}"]')
        assert "decision=" not in page.url

        def offered() -> bool:
            with contextlib.suppress(AssertionError):
                expect(choice).to_be_attached(timeout=3000)
                return True
            with contextlib.suppress(Error):  # for a second nobody listens, while the hub brings its proxy back
                page.reload()
            return False

        # The proxy's "service unavailable" while the service comes back: a person reloads.
        until(offered, within=RECOVERY / 1000, what="the decision page offers its choices")
        expect(choice).not_to_be_checked()  # an address chooses nothing
        expect(page.locator("#drafts article")).to_have_count(drafts)
        choice.check()
        if reason:
            page.fill('textarea[name="reason"]', reason)
        self.shot(shot, page)
        page.click('button[type="submit"]')
        page.wait_for_load_state()
        expect(page.locator("#state[data-state]")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(f'#published[data-published="{drafts}"]')).to_have_count(min(drafts, 1))
        self.shot(f"{shot}-done", page)
        page.close()


def _comes(what: Locator) -> bool:
    """Whether it is to be seen within three seconds."""
    with contextlib.suppress(AssertionError):
        expect(what.first).to_be_visible(timeout=MOMENT)
        return True
    return False
