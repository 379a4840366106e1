"""Git in one click, in a real browser with a fresh home: how many clicks, how many characters, and what is seen from outside."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.servers.up import DemoHub

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@dataclass
class Counter:
    """What the browser itself counted, in the capturing phase, trusted events only."""

    person: Person

    def start(self) -> None:
        self.person.page.evaluate(
            """() => {
                window.counted = {clicks: 0, keys: 0};
                document.addEventListener('click', e => { if (e.isTrusted) window.counted.clicks += 1; }, true);
                document.addEventListener('keydown', e => { if (e.isTrusted) window.counted.keys += 1; }, true);
            }"""
        )

    def read(self) -> dict[str, int]:
        found: dict[str, int] = self.person.page.evaluate("() => window.counted")
        return found


def outside(dana: Person, demo_hub: DemoHub, url: str) -> str:
    """What `git ls-remote` says from a place that is no server of the hub's, with the key that the repository's page shows."""
    place = f"{demo_hub.url}/services/enablement/{url[url.index('git/') :]}"
    page = dana.page.context.new_page()
    page.goto(place)
    key = page.locator("#key").inner_text()
    dana.shot("git-repository", page)
    page.close()
    helper = "!f() { echo username=enablement; echo password=$GIT_KEY; }; f"
    ran = subprocess.run(
        ["git", "-c", f"credential.helper={helper}", "ls-remote", place],
        env={"PATH": os.defpath, "HOME": "/nonexistent", "GIT_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def open_button(dana: Person) -> Locator:
    """The button of the file browser."""
    button = dana.page.locator('.jp-FileBrowser [data-command="enablement:set-up-git"]:visible').first
    expect(button).to_be_visible(timeout=RECOVERY)
    return button


def set_up(dana: Person) -> tuple[Locator, dict[str, int]]:
    """From the open folder to the receipt: the button, and the consent below the plan."""
    page, button = dana.page, open_button(dana)
    counter = Counter(dana)
    counter.start()
    button.click()
    dialog = page.locator('[data-enablement-dialog="git"]')
    expect(dialog.locator('[data-enablement-phase="plan"]')).to_be_visible(timeout=PATIENCE)
    dana.shot("git-plan")
    dialog.locator(hook("apply-git")).click()
    receipt = dialog.locator("[data-enablement-outcome]")
    expect(receipt).to_be_visible(timeout=PATIENCE)
    counted = counter.read()
    dana.shot("git-receipt")
    return dialog, counted


def test_one_click_and_a_consent(sit: Sitting, demo_hub: DemoHub) -> None:
    dana = sit("dana")
    home = demo_hub.state / "home" / "dana"
    work = home / "first-steps"
    work.mkdir(exist_ok=True)
    (work / "hello.py").write_text("print('hello')\n")
    dana.page.goto(f"{demo_hub.url}/user/dana/lab/tree/first-steps?reset")
    dana.page.wait_for_selector("#jp-main-dock-panel", timeout=RECOVERY)
    expect(dana.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=RECOVERY)
    expect(dana.page.locator('.jp-DirListing-item[title*="hello.py"]')).to_be_visible(timeout=RECOVERY)
    before = gitconfig(home)

    dialog, counted = set_up(dana)
    receipt = dialog.locator("[data-enablement-outcome]")
    expect(receipt).to_have_attribute("data-enablement-outcome", "published")
    assert counted == {"clicks": 2, "keys": 0}, "one click and one consent, nothing typed"
    commit = receipt.get_attribute("data-enablement-commit") or "?"
    url = receipt.get_attribute("data-enablement-url") or ""
    assert commit in outside(dana, demo_hub, url)
    dialog.locator(hook("close")).click()

    save_a_version(dana, work)
    undo(dana)
    assert gitconfig(home) == before
    assert not (work / ".git").exists()


def gitconfig(home: Path) -> bytes | None:
    path = home / ".gitconfig"
    return path.read_bytes() if path.exists() else None


def save_a_version(dana: Person, work: Path) -> None:
    """From the status bar: one click, and one to agree with the words that are suggested."""
    (work / "hello.py").write_text("print('hello again')\n")
    dana.page.locator('[data-command="filebrowser:refresh"]:visible').first.click()
    item = dana.page.locator("[data-enablement-git]")
    expect(item).to_have_attribute("data-enablement-changed", "1", timeout=RECOVERY)
    dana.shot("git-status")
    item.click()
    dana.page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(item).to_have_attribute("data-enablement-changed", "0", timeout=RECOVERY)
    expect(item).to_have_attribute("data-enablement-unpushed", "0")


def undo(dana: Person) -> None:
    """Everything is taken back from the same place."""
    open_button(dana).click()
    dialog = dana.page.locator('[data-enablement-dialog="git"]')
    dialog.locator(hook("undo-git")).click()
    expect(dialog.locator('[data-enablement-outcome="undone"]')).to_be_visible(timeout=PATIENCE)
    dana.shot("git-undone")
    dialog.locator(hook("close")).click()
