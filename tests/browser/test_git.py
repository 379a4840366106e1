"""Git in one click, in a real browser with a fresh home: how many clicks, how many characters, and what is seen from outside."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.polling import until
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser

SET_UP = '[data-command="enablement:set-up-git"]'


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


@dataclass
class Outside:
    """Git at a place that is no server of the hub's, with the key that the repository's page shows."""

    place: str
    key: str

    def git(self, *arguments: str, at: Path = Path("/")) -> str:
        helper = "!f() { echo username=enablement; echo password=$GIT_KEY; }; f"
        who = ("-c", "user.name=remy", "-c", "user.email=remy@example.org")

        def asked() -> subprocess.CompletedProcess[str] | None:
            ran = subprocess.run(
                ["git", "-c", f"credential.helper={helper}", *who, *arguments],
                env={"PATH": os.defpath, "HOME": "/nonexistent", "GIT_KEY": self.key},
                cwd=at,
                capture_output=True,
                text=True,
                check=False,
            )
            return None if "error: 503" in ran.stderr else ran

        # 503: the proxy found the connection it had kept closed, or hub or service are busy. A person asks again.
        ran = until(asked, within=RECOVERY / 1000, what=f"git {arguments[0]} is answered")
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


def outside(dana: Person, demo_hub: DemoHub, url: str) -> Outside:
    """From the repository's page, as a person copies it."""
    path = f"/services/enablement/{url[url.index('git/') :]}"
    place = demo_hub.url + path
    page = dana.page.context.new_page()
    page.goto(demo_hub.decisions + path)
    key = page.locator("#key").inner_text()
    dana.shot("git-repository", page)
    page.close()
    return Outside(place, key)


def open_button(dana: Person) -> Locator:
    """The button of the file browser."""
    button = dana.page.locator(f".jp-FileBrowser {SET_UP}:visible").first
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
    there = outside(dana, demo_hub, url)
    assert commit in there.git("ls-remote", there.place)
    dialog.locator(hook("close")).click()

    save_a_version(dana, work)
    stays_out(dana, work)
    hands_off(dana, work)
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
    dialog = dana.page.locator('[data-enablement-dialog="save-version"]')
    expect(dialog.locator('[data-enablement-changed-file="hello.py"]')).to_be_visible(timeout=PATIENCE)
    dana.shot("git-save-version")
    dialog.locator(hook("save-version")).click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect(item).to_have_attribute("data-enablement-changed", "0", timeout=RECOVERY)
    expect(item).to_have_attribute("data-enablement-unpushed", "0")


def stays_out(dana: Person, work: Path) -> None:
    """A notebook that is cut off stays out, and the lab says so by itself. Mended, it is in no version yet: its history is empty."""
    page, item = dana.page, dana.page.locator("[data-enablement-git]")
    (work / "half.ipynb").write_text(cells("# Half")[:-9])
    page.locator('[data-command="filebrowser:refresh"]:visible').first.click()
    expect(item).to_have_attribute("data-enablement-held", "1", timeout=RECOVERY)
    expect(item).to_contain_text("1 file stays out")
    item.click()
    dialog = page.locator('[data-enablement-dialog="save-version"]')
    held = dialog.locator("[data-enablement-held]")
    expect(held).to_be_visible(timeout=PATIENCE)
    held.locator("summary").click()
    expect(held).to_contain_text("half.ipynb")
    expect(held).to_contain_text("Its results cannot be taken out: it is cut off or damaged.")
    expect(dialog.locator(hook("save-version"))).to_be_disabled()
    dana.shot("git-stays-out")
    dialog.locator(hook("close")).click()
    (work / "half.ipynb").write_text(cells("# Half"))
    page.locator('.jp-DirListing-item[title*="half.ipynb"]').dblclick()
    expect(page.locator(".jp-Notebook", has_text="Half")).to_be_visible(timeout=RECOVERY)
    dana.command("Versions of This Notebook")
    expect(page.locator('[data-enablement-empty="versions"]')).to_be_visible(timeout=RECOVERY)
    dana.shot("git-no-version-yet")
    expect(item).to_have_attribute("data-enablement-held", "0", timeout=RECOVERY)


def hands_off(dana: Person, work: Path) -> None:
    """A repository in an unusual state: one sentence says which, and a button opens the Git panel."""
    page, item = dana.page, dana.page.locator("[data-enablement-git]")
    subprocess.run(["git", "checkout", "--quiet", "--detach"], cwd=work, check=True)
    page.locator('[data-command="filebrowser:refresh"]:visible').first.click()
    expect(item).to_have_attribute("data-enablement-shape", "detached", timeout=RECOVERY)
    item.click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("No branch is checked out here")
    dana.shot("git-hands-off")
    dialog.get_by_text("Open the Git panel").click()
    expect(page.locator("#jp-git-sessions")).to_be_visible(timeout=PATIENCE)
    subprocess.run(["git", "checkout", "--quiet", "main"], cwd=work, check=True)
    page.locator('.lm-TabBar-tab[data-id="filebrowser"]').click()
    page.locator('[data-command="filebrowser:refresh"]:visible').first.click()
    expect(item).not_to_have_attribute("data-enablement-shape", "detached", timeout=RECOVERY)


def undo(dana: Person) -> None:
    """Everything is taken back from the same dialog. The button is gone from the toolbar of a folder that has Git."""
    expect(dana.page.locator(f".jp-FileBrowser {SET_UP}:visible")).to_have_count(0, timeout=RECOVERY)
    dana.command("Set up Git")
    dialog = dana.page.locator('[data-enablement-dialog="git"]')
    dialog.locator(hook("undo-git")).click()
    expect(dialog.locator('[data-enablement-outcome="undone"]')).to_be_visible(timeout=PATIENCE)
    dana.shot("git-undone")
    dialog.locator(hook("close")).click()
    expect(open_button(dana)).to_be_visible()


def cells(*texts: str) -> str:
    """A notebook of text cells, so that no kernel is needed."""
    made = [
        {"cell_type": "markdown", "id": f"cell-{number}", "metadata": {}, "source": text}
        for number, text in enumerate(texts)
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def texts(file: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]


def test_versions_with_a_colleague(sit: Sitting, demo_hub: DemoHub, tmp_path: Path) -> None:
    dana = sit("dana")
    work = demo_hub.state / "home" / "dana" / "together"
    work.mkdir()
    file = work / "churn.ipynb"
    file.write_text(cells("# Churn", "We use the last quarter.", "The end."))
    dana.open_notebook("together/churn.ipynb")
    url = set_up_from_the_send_dialog(dana)
    there = outside(dana, demo_hub, url)
    file.write_text(cells("# Churn", "We use the last year.", "The end."))
    keep_and_send(dana)
    assert there.git("ls-remote", there.place)

    remy = tmp_path / "remy"
    there.git("clone", "--quiet", there.place, str(remy))
    assert texts(remy / "churn.ipynb")[1] == "We use the last year.", "what was kept before sending is on the server"
    (remy / "churn.ipynb").write_text(cells("# Churn", "We use ten years.", "The end, says remy."))
    there.git("commit", "--quiet", "-am", "Ten years", at=remy)
    arrived(demo_hub, remy)
    file.write_text(cells("# Churn in Q3", "We use a month.", "The end."))
    settle(dana)
    assert texts(file) == ["# Churn in Q3", "We use a month.", "We use ten years.", "The end, says remy."]
    there.git("pull", "--quiet", "origin", "main", at=remy)
    assert texts(remy / "churn.ipynb") == texts(file)
    go_back(dana, file)
    commit = push_with_jupyterlab_git(dana, work)
    assert commit in there.git("ls-remote", there.place)


def arrived(demo_hub: DemoHub, colleague: Path) -> None:
    """The colleague's push has arrived on the server. The page's key only reads, so it goes there on the server's own disk."""
    ask = ("git", "rev-parse", "refs/remotes/origin/main")
    known = subprocess.run(ask, cwd=colleague, check=True, capture_output=True, text=True).stdout
    bares = [head.parent for head in (demo_hub.state / "repositories").rglob("HEAD")]
    (bare,) = [
        at
        for at in bares
        if subprocess.run(
            ["git", "rev-parse", "refs/heads/main"], cwd=at, check=False, capture_output=True, text=True
        ).stdout
        == known
    ]
    subprocess.run(["git", "push", "--quiet", str(bare), "HEAD:main"], cwd=colleague, check=True)


def push_with_jupyterlab_git(dana: Person, work: Path) -> str:
    """What its button asks of the server; it knows nothing of ours, and needs no password. The commit that it pushed."""
    home = {"PATH": os.environ["PATH"], "HOME": str(work.parent)}
    for arguments in (("add", "--update"), ("commit", "--quiet", "--allow-empty", "-m", "by hand")):
        subprocess.run(["git", *arguments], cwd=work, env=home, check=True)
    button = """async () => {
            const xsrf = document.cookie.split('; ').find(each => each.startsWith('_xsrf='))?.slice(6) ?? '';
            const base = location.pathname.slice(0, location.pathname.indexOf('/lab')) + '/git/together/push';
            const headers = {'X-XSRFToken': decodeURIComponent(xsrf), 'Content-Type': 'application/json'};
            const answer = await fetch(base, {method: 'POST', headers, body: JSON.stringify({force: false})});
            return [answer.status, await answer.text()];
        }"""

    def pushed() -> bool:
        status, said = dana.page.evaluate(button)
        if "503" in said:
            raise ConnectionError(said)  # hub or service are busy: a person presses it again
        assert status in (200, 201), said
        return True

    until(pushed, within=RECOVERY / 1000, what="the button has pushed")
    ran = subprocess.run(["git", "rev-parse", "HEAD"], cwd=work, env=home, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def set_up_from_the_send_dialog(dana: Person) -> str:
    """The send dialog says that there is no Git; after the set-up it comes back by itself."""
    send = dana.send_dialog(RECOVERY)
    offer = send.locator('[data-enablement-git-offer="none"]')
    expect(offer).to_be_visible()
    dana.shot("git-send-none")
    offer.locator(hook("set-up-git")).click()
    dialog = dana.page.locator('[data-enablement-dialog="git"]')
    dialog.locator(hook("apply-git")).click()
    receipt = dialog.locator("[data-enablement-outcome]")
    expect(receipt).to_have_attribute("data-enablement-outcome", "published", timeout=PATIENCE)
    url = receipt.get_attribute("data-enablement-url") or ""
    dialog.locator(hook("close")).click()
    expect(send.locator('[data-enablement-phase="form"]')).to_be_visible(timeout=PATIENCE)
    expect(send.locator("[data-enablement-git-offer]")).to_have_count(0)
    send.locator(hook("close")).click()
    return url


def keep_and_send(dana: Person) -> None:
    """One click keeps a version, pushes it and sends."""
    reload_notebook(dana, "We use the last year.")
    send = dana.send_dialog(RECOVERY)
    offer = send.locator('[data-enablement-git-offer="due"]')
    expect(offer).to_contain_text("1 change is not saved as a version")
    dana.shot("git-send-due")
    buttons = send.locator(f"{hook('keep-and-send')}, {hook('retry')}")
    dana.press_until(buttons.first, send.locator('[data-enablement-phase="sent"]'))
    send.locator(hook("close")).click()


def reload_notebook(dana: Person, text: str) -> None:
    """What was written to disk, as when a colleague's script did."""
    dana.command("Reload Notebook from Disk")
    accept = dana.page.locator(".jp-Dialog .jp-mod-accept, .jp-Dialog .jp-mod-warn")
    with contextlib.suppress(AssertionError):  # it only asks where something is not saved
        expect(accept.first).to_be_visible(timeout=3000)
        accept.first.click()
    expect(dana.page.locator(".jp-Notebook", has_text=text)).to_be_visible(timeout=PATIENCE)


def settle(dana: Person) -> None:
    """A version is kept, the push is refused, their changes are fetched, and the one cell both changed is settled."""
    page = dana.page
    reload_notebook(dana, "We use a month.")
    dana.command("Save a Version")
    dialog = page.locator('[data-enablement-dialog="save-version"]')
    dialog.locator(hook("save-version")).click()
    get = dialog.locator(hook("get-changes"))
    expect(get).to_be_visible(timeout=PATIENCE)
    dana.shot("git-behind")
    get.click()
    merge = page.locator("[data-enablement-merge]")
    expect(merge).to_have_attribute("data-enablement-open", "1", timeout=RECOVERY)
    dana.shot("git-merge")
    expect(merge.locator(hook("finish-merge"))).to_be_disabled()
    merge.locator(hook("keep-both")).check()
    dana.theme("JupyterLab Dark")
    page.wait_for_timeout(1000)
    dana.shot("git-merge-dark")
    dana.theme("JupyterLab Light")
    merge.locator(hook("finish-merge")).click()
    expect(merge).to_have_count(0, timeout=RECOVERY)
    expect(page.locator(".jp-Notebook", has_text="The end, says remy.")).to_be_visible(timeout=RECOVERY)


def go_back(dana: Person, file: Path) -> None:
    """To the first version, and forth again with one click."""
    page, now = dana.page, texts(file)
    page.locator(".jp-Notebook").click()
    item = page.locator("[data-enablement-git]")
    expect(item).to_have_attribute("data-enablement-unpushed", "0", timeout=RECOVERY)
    expect(item).to_have_attribute("data-enablement-changed", "0", timeout=RECOVERY)
    item.click()  # all is saved: what is left to do is to look back
    history = page.locator("[data-enablement-history]")
    versions = history.locator("[data-enablement-commit]")
    expect(versions.first).to_be_visible(timeout=RECOVERY)
    versions.last.click()
    expect(history.locator('[data-enablement-row="changed"]').first).to_be_visible(timeout=PATIENCE)
    dana.shot("git-history")
    history.locator(hook("way-read")).click()
    dana.theme("JupyterLab Dark")
    page.wait_for_timeout(1000)
    dana.shot("git-history-dark")
    dana.theme("JupyterLab Light")
    history.locator(hook("restore")).click()
    undo_button = page.locator(".Toastify__toast button, .jp-toast-button", has_text="Undo").first
    expect(undo_button).to_be_visible(timeout=PATIENCE)
    assert texts(file) == ["# Churn", "We use the last quarter.", "The end."]
    dana.shot("git-restored")
    undo_button.click()
    expect(page.locator("[data-enablement-same]")).to_have_count(0)
    until(lambda: texts(file) == now, within=RECOVERY / 1000, what="the file is as it was")
