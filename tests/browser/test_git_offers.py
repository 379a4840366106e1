"""Where Git is offered: the palette, the file browser; and in a repository that somebody else began, the results that its versions hold."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser

RESULT = "the result of a cell"


@dataclass(frozen=True)
class Theirs:
    """A repository of a colleague's with a notebook that was kept with its results, in dana's home; Git as in her terminal."""

    at: Path

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=remy", "-c", "user.email=remy@example.org", "-c", "init.defaultBranch=main")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.at.parent)}
        ran = subprocess.run(
            ["git", *who, *arguments], cwd=self.at, env=environment, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()

    def begin(self) -> None:
        output = {"output_type": "stream", "name": "stdout", "text": [RESULT]}
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "f()", "outputs": [output]}
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        metadata = {"kernelspec": kernel}
        made = {"cells": [{**cell, "execution_count": 3}], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        self.at.mkdir()
        (self.at / "churn.ipynb").write_text(json.dumps(made))
        self.git("init", "--quiet")
        self.git("add", "churn.ipynb")
        self.git("commit", "--quiet", "-m", "As our team has it")

    def change(self, text: str) -> None:
        """As a colleague's script does."""
        made = json.loads((self.at / "churn.ipynb").read_text())
        made["cells"][0]["source"] = text
        (self.at / "churn.ipynb").write_text(json.dumps(made))

    def picture(self) -> tuple[str, str, list[str]]:
        """The newest version, what differs from it, and the files."""
        return (
            self.git("rev-parse", "HEAD"),
            self.git("status", "--porcelain"),
            sorted(each.name for each in self.at.iterdir()),
        )


def test_the_ways_to_set_up_git_and_the_offer_to_keep_results_out(sit: Sitting, demo_hub: DemoHub) -> None:
    theirs = Theirs(demo_hub.state / "home" / "dana" / "theirs")
    theirs.begin()
    before = theirs.picture()
    dana = sit("dana")
    in_the_home(dana)
    in_the_folder(dana)
    assert theirs.picture() == before, "a plan changes nothing"

    dialog = from_the_context_menu(dana)
    dialog.locator(hook("apply-git")).click()
    expect(dialog.locator('[data-enablement-outcome="published"]')).to_be_visible(timeout=PATIENCE)
    offer = dialog.locator('[data-enablement-results="1"]')
    expect(offer).to_contain_text("The versions of 1 notebook here have results of cells in them.")
    expect(offer).to_contain_text("Without it everything stays as your team has it.")
    dana.shot("git-results")
    dialog.locator(hook("close")).click()
    assert theirs.picture() == before, "what is not pressed changes nothing"
    assert RESULT in theirs.git("show", "HEAD:churn.ipynb")

    keep_results_out(dana)
    head, differs, files = theirs.picture()
    assert (differs, files) == ("", sorted([*before[2], ".gitattributes"]))
    assert theirs.git("rev-list", "--parents", "--max-count=1", "HEAD") == f"{head} {before[0]}", (
        "one version, on theirs"
    )
    assert RESULT not in theirs.git("show", "HEAD:churn.ipynb")
    assert RESULT in (theirs.at / "churn.ipynb").read_text()

    theirs.change("half_done()")
    dana.open_notebook("theirs/churn.ipynb")
    facts = overview(dana, dana.send(dana.send_dialog(RECOVERY))[0])
    expect(facts).to_have_attribute("data-enablement-git-facts", "changed")
    expect(facts).to_contain_text(f"{head[:7]} on main, with changes that are in no version")
    dana.shot("git-overview-changed-dark")
    dana.theme("JupyterLab Light")
    theirs.change("done()")
    dana.open_notebook("theirs/churn.ipynb")
    facts = overview(dana, keep_and_send(dana))
    expect(facts).to_have_attribute("data-enablement-git-facts", "kept")
    expect(facts).to_contain_text(f"{theirs.git('rev-parse', '--short=7', 'HEAD')} on main, everything saved")
    expect(facts).to_contain_text("/git/user/dana/theirs")
    dana.shot("git-overview")


def plan(dana: Person, folder: str) -> Locator:
    """The dialog, once it shows the plan for this folder, or why there is none."""
    dialog = dana.page.locator('[data-enablement-dialog="git"]')
    expect(dialog.locator('[data-enablement-phase="plan"]')).to_be_visible(timeout=PATIENCE)
    if folder:
        expect(dialog).to_contain_text(folder)
    return dialog


def in_the_home(dana: Person) -> None:
    """It is about the folder that the file browser shows: here the home itself, which is refused in a sentence."""
    dana.command("Set up Git")
    dialog = plan(dana, "")
    expect(dialog.locator('[data-enablement-refusal="home"]')).to_be_visible()
    dana.shot("git-home-refused")
    dialog.locator(hook("close")).click()
    expect(dialog).to_have_count(0)


def in_the_folder(dana: Person) -> None:
    """In the folder: from the palette and from the file browser."""
    dana.page.goto(f"{dana.url}/user/dana/lab/tree/theirs?reset")
    expect(dana.page.locator('.jp-DirListing-item[title*="churn.ipynb"]')).to_be_visible(timeout=RECOVERY)
    expect(dana.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=RECOVERY)
    dana.command("Set up Git")
    dialog = plan(dana, "theirs")
    expect(dialog.locator(hook("apply-git"))).to_be_enabled()
    dialog.locator(hook("close")).click()
    expect(dialog).to_have_count(0)
    dialog = open_from_the_toolbar(dana)
    expect(dialog.locator("[data-enablement-results]")).to_have_count(0)
    dialog.locator(hook("close")).click()
    expect(dialog).to_have_count(0)


def open_from_the_toolbar(dana: Person) -> Locator:
    dana.page.locator('.jp-FileBrowser [data-command="enablement:set-up-git"]:visible').first.click()
    return plan(dana, "theirs")


def from_the_context_menu(dana: Person) -> Locator:
    """On the folder, from the one above it."""
    page = dana.page
    page.locator(".jp-BreadCrumbs-home:visible").first.click()
    folder = page.locator('.jp-DirListing-item[data-isdir="true"]', has_text="theirs")
    folder.click(button="right")
    entry = page.locator('.lm-Menu-item[data-command="enablement:set-up-git"]')
    expect(entry).to_be_visible()
    dana.shot("git-context-menu")
    entry.click()
    return plan(dana, "theirs")


def keep_results_out(dana: Person) -> None:
    """Offered again by whoever opens the dialog again; one press, and it says what was done."""
    dana.page.locator('.jp-DirListing-item[data-isdir="true"]', has_text="theirs").dblclick()
    expect(dana.page.locator('.jp-DirListing-item[title*="churn.ipynb"]')).to_be_visible(timeout=PATIENCE)
    dana.theme("JupyterLab Dark")
    dialog = open_from_the_toolbar(dana)
    dana.shot("git-results-dark")
    dialog.locator(hook("keep-results-out")).click()
    expect(dialog.locator('[data-enablement-results="0"]')).to_be_visible(timeout=PATIENCE)
    dana.shot("git-results-kept-out")
    dialog.locator(hook("close")).click()


def keep_and_send(dana: Person) -> int:
    """One click keeps a version, pushes it and sends; the submission's number."""
    dialog = dana.send_dialog(RECOVERY)
    sent = dialog.locator('[data-enablement-phase="sent"]')
    # What the checks find may come above the button while it is pressed, and the press then misses it.
    dana.press_until(dialog.locator(hook("keep-and-send")), sent)
    expect(sent).to_be_visible(timeout=PATIENCE)
    number = int(sent.get_attribute("data-enablement-submission") or "0")
    dialog.locator(hook("close")).click()
    return number


def overview(dana: Person, number: int) -> Locator:
    """What the submission says of Git, as a reviewer reads it."""
    dana.show_panel()
    dana.open_submission(number)
    return dana.tab("overview").locator("[data-enablement-git-facts]")
