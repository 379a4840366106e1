"""Two people at two browsers with one repository: a group's, in which both edit one notebook, and dana's own, which she shares on its page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, Person, hook
from tests.browser.test_git import SET_UP, cells, open_button, texts
from tests.polling import until
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser
TEAM = "churn-team"


def test_two_people_edit_one_notebook_clash_and_settle(sit: Sitting, demo_hub: DemoHub) -> None:
    dana, remy = sit("dana"), sit("remy")
    hers, his = (demo_hub.state / "home" / name / "joint" for name in ("dana", "remy"))
    hers.mkdir()
    (hers / "churn.ipynb").write_text(cells("# Churn", "We use a quarter.", "The end."))
    set_up(dana, "joint/churn.ipynb", TEAM)
    get_a_copy(remy, f"git/group/{TEAM}/joint", "joint")
    assert texts(his / "churn.ipynb") == ["# Churn", "We use a quarter.", "The end."]

    for person, words in ((remy, "We use a year."), (dana, "We use a month.")):
        edit(person, "joint/churn.ipynb", "We use a quarter.", words)
    save(remy)
    dialog = save_dialog(dana)
    get = dialog.locator(hook("get-changes"))
    expect(get).to_be_visible(timeout=PATIENCE)
    get.click()
    merge = dana.page.locator("[data-enablement-merge]")
    expect(merge).to_have_attribute("data-enablement-open", "1", timeout=RECOVERY)
    dana.shot("team-merge")
    merge.locator(hook("keep-both")).check()
    merge.locator(hook("finish-merge")).click()
    expect(merge).to_have_count(0, timeout=RECOVERY)
    both = ["# Churn", "We use a month.", "We use a year.", "The end."]
    until(lambda: texts(hers / "churn.ipynb") == both, within=RECOVERY / 1000, what="both are in dana's notebook")

    remy.command("Get Colleagues")
    expect(remy.page.locator(".jp-Notebook", has_text="We use a month.")).to_be_visible(timeout=RECOVERY)
    assert texts(his / "churn.ipynb") == both
    edit(remy, "joint/churn.ipynb", "The end.", "The end, says remy.")
    save(remy)
    item = remy.page.locator("[data-enablement-git]")
    expect(item).to_have_attribute("data-enablement-unpushed", "0", timeout=RECOVERY)


def test_an_owner_shares_on_the_page_and_the_other_reads(sit: Sitting, demo_hub: DemoHub) -> None:
    dana, remy = sit("dana", dark=True), sit("remy", dark=True)
    hers = demo_hub.state / "home" / "dana" / "alone"
    hers.mkdir()
    (hers / "notes.py").write_text("x = 1\n")
    set_up(dana, "alone/notes.py")
    share(dana, "remy", "read")
    remy.theme("JupyterLab Dark")
    get_a_copy(remy, "git/user/dana/alone", "alone")
    (demo_hub.state / "home/remy/alone/notes.py").write_text("x = 2\n")
    item = remy.page.locator('[data-enablement-git][data-enablement-due="reading"]')
    expect(item).to_contain_text("a copy for reading", timeout=RECOVERY)
    item.click()
    dialog = remy.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Ask dana.", timeout=PATIENCE)
    remy.shot("team-may-only-read-dark")
    dialog.locator(".jp-mod-accept").click()
    expect(remy.page.locator(".Toastify__toast", has_text="nothing new on the server")).to_be_visible(timeout=RECOVERY)


def open_folder(person: Person, path: str) -> None:
    """The folder of this file, once the file browser shows it."""
    page, (folder, name) = person.page, path.split("/")
    page.goto(f"{person.url}/user/{person.name}/lab/tree/{folder}?reset")
    page.wait_for_selector("#jp-main-dock-panel", timeout=RECOVERY)
    expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=RECOVERY)
    expect(page.locator(f'.jp-DirListing-item[title*="{name}"]')).to_be_visible(timeout=RECOVERY)


def set_up(dana: Person, path: str, group: str = "") -> None:
    """One click, whose it is, and one to agree."""
    open_folder(dana, path)
    open_button(dana).click()
    dialog = dana.page.locator('[data-enablement-dialog="git"]')
    choice = dialog.locator(f'[data-enablement-owner="{group}"]')
    expect(choice).to_be_visible(timeout=PATIENCE)
    if group:
        choice.check()
        expect(dialog).to_contain_text("Everybody in this group", timeout=PATIENCE)
    expect(dialog.locator('[data-enablement-phase="plan"]')).to_be_visible(timeout=PATIENCE)
    dana.shot(f"team-set-up-{group or 'own'}")
    dialog.locator(hook("apply-git")).click()
    expect(dialog.locator('[data-enablement-outcome="published"]')).to_be_visible(timeout=RECOVERY)
    dialog.locator(hook("close")).click()


def get_a_copy(person: Person, path: str, folder: str) -> None:
    """From the list to the folder, with one click."""
    person.command("Get a Copy")
    dialog = person.page.locator('[data-enablement-dialog="git-copies"]')
    row = dialog.locator(f'[data-enablement-repository="{path}"]')
    expect(row).to_be_visible(timeout=PATIENCE)
    person.shot(f"team-copies-{folder}")
    row.locator(hook("get-copy")).click()
    expect(dialog).to_have_count(0, timeout=RECOVERY)
    crumbs = person.page.locator(".jp-FileBrowser .jp-BreadCrumbs")
    expect(crumbs).to_contain_text(folder, timeout=PATIENCE)
    item = person.page.locator("[data-enablement-git]")
    expect(item).to_have_attribute("data-enablement-changed", "0", timeout=RECOVERY)
    expect(person.page.locator(f".jp-FileBrowser {SET_UP}:visible")).to_have_count(0, timeout=RECOVERY)
    person.shot(f"team-copied-{folder}")


def edit(person: Person, path: str, old: str, new: str) -> None:
    """In the notebook, as it is typed; saved."""
    person.open_notebook(path)
    page = person.page
    cell = page.locator(".jp-MarkdownCell", has_text=old)
    cell.locator(".jp-MarkdownOutput").dblclick()
    editor = cell.locator(".cm-content")
    expect(editor).to_be_visible(timeout=PATIENCE)
    editor.press("Control+a")
    page.keyboard.type(new)
    page.keyboard.press("Control+s")


def save_dialog(person: Person) -> Locator:
    person.command("Save a Version")
    dialog = person.page.locator('[data-enablement-dialog="save-version"]')
    button = dialog.locator(hook("save-version"))
    expect(button).to_be_enabled(timeout=PATIENCE)
    button.click()
    return dialog


def save(person: Person) -> None:
    expect(save_dialog(person)).to_have_count(0, timeout=RECOVERY)


def share(dana: Person, who: str, access: str) -> None:
    """On the page that the dialog leads to, which is no page of the lab."""
    dana.command("Set up Git")
    dialog = dana.page.locator('[data-enablement-dialog="git"]')
    with dana.page.expect_popup() as opened:
        dialog.locator("[data-enablement-page]").click()
    page: Page = opened.value
    page.locator("#who").fill(who)
    page.locator(f'input[name="access"][value="{access}"]').check()
    dana.shot("team-page-dark", page)
    page.locator("button[data-confirm]:enabled").click()
    expect(page.locator(f'[data-member="{who}"]')).to_contain_text("may read", timeout=PATIENCE)
    page.emulate_media(color_scheme="light")
    dana.shot("team-page-light", page)
    page.close()
    dialog.locator(hook("close")).click()
