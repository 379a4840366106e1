"""Images in the lab, as a person sees them: the status bar, what a notebook remembers, the line above one made elsewhere, a run in the image."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.adapters.contract.test_installed_packages import install
from tests.browser.conftest import Sitting
from tests.browser.person import MOMENT, PATIENCE, RECOVERY, SERVER_START, Person, hook
from tests.polling import NotWithin, until
from tests.servers.up import DemoHub, How, running_up

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """A demo whose servers have a package on PYTHONPATH that no image has, and which runs again what is sent, in its image."""
    folder = tmp_path_factory.mktemp("images")
    install(folder / "extra", "cowsay", "6.0", "cowsay")
    rules = folder / "rules.toml"
    rules.write_text(RULES)
    environ = {"PYTHONPATH": str(folder / "extra"), "ENABLEMENT_RERUNS": "on", "ENABLEMENT_RULES": str(rules)}
    with running_up(folder / "state", How(environ=environ)) as hub:
        yield hub


RULES = """version = 1
[requirements]
checks = ["lint"]
rerun = ["identical", "equivalent"]
override = ["rerun"]
"""
LINE = "[data-enablement-image-line]"
SOLVER = 120_000  # ms; a cold package index
POPUP = "[data-enablement-image-popup]"


def home(hub: DemoHub, name: str) -> Path:
    """The folder that the person's file browser shows."""
    return hub.state / "home" / name


def notebook(folder: Path, name: str, image: dict[str, str] | None) -> Path:
    """A small notebook that says it was made in this image."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": SOURCE,
    }
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    metadata = kernel if image is None else {**kernel, "enablement": {"image": image}}
    path = folder / name
    path.write_text(json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
    return path


SOURCE = "import numpy as np\nimport pandas as pd\nnp.arange(3).sum()"


def recorded(path: Path) -> object:
    """What the file says of its image."""
    return json.loads(path.read_text())["metadata"].get("enablement", {}).get("image")


def status(page: Page, name: str) -> tuple[str, str]:
    """Image and release in the status bar."""
    item = page.locator("[data-enablement-image]")
    expect(item).to_be_visible(timeout=PATIENCE)
    expect(item).to_have_attribute("data-enablement-image-status", re.compile("recommended|supported"))
    image, _, release = (item.get_attribute("data-enablement-image") or "").partition("/")
    assert name in (item.text_content() or "")
    return image, release


def test_the_status_bar_says_what_runs(sit: Sitting) -> None:
    dana = sit("dana")
    image, release = status(dana.page, "Data science")
    dana.page.locator("[data-enablement-image]").click()
    popup = dana.page.locator(POPUP)
    expect(popup).to_contain_text("supported until")
    expect(popup.locator("[data-enablement-drift-package]")).to_contain_text(
        "cowsay 6.0 from PYTHONPATH is not in the image"
    )
    expect(popup.locator("h2")).to_have_text(f"Data science {release}")
    popup.locator("[data-enablement-package-search]").fill("panda")
    expect(popup.locator('[data-enablement-package="pandas"]')).to_be_visible()
    expect(popup.locator('[data-enablement-package="numpy"]')).to_have_count(0)
    dana.shot("image-popup-light")
    dana.page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    item = dana.page.locator("[data-enablement-image]")
    item.press("Enter")
    expect(popup).to_be_visible()
    item.click()
    expect(popup).to_have_count(0)
    assert image == "datascience"


def test_a_notebook_remembers_its_image(sit: Sitting, demo_hub: DemoHub) -> None:
    dana = sit("dana")
    path = notebook(home(demo_hub, "dana"), "remembers.ipynb", None)
    untitled = notebook(home(demo_hub, "dana"), "Untitled7.ipynb", None)
    image, release = status_after(dana, "remembers.ipynb")
    expect(dana.page.locator(LINE)).to_have_count(0)
    save(dana, path)
    found = until(lambda: recorded(path), within=PATIENCE / 1000, what="the image is recorded")
    assert isinstance(found, dict)
    assert (found["slug"], found["release"]) == (image, release)
    assert re.fullmatch("sha256:[0-9a-f]{64}", found["digest"])
    save(dana, path)
    assert recorded(path) == found
    dana.open_notebook("Untitled7.ipynb")
    save(dana, untitled)
    assert recorded(untitled) is None


def status_after(person: Person, path: str) -> tuple[str, str]:
    person.open_notebook(path)
    return status(person.page, "Data science")


def save(person: Person, path: Path) -> None:
    """Change something and save it to this file, with the keyboard."""
    page, before = person.page, path.stat().st_mtime_ns

    def written() -> bool:  # it is emptied before it is written
        return path.stat().st_mtime_ns > before and bool(json.loads(path.read_text()))

    def saved() -> bool:
        page.locator(".jp-Notebook .jp-Cell .cm-content:visible").first.click()
        page.keyboard.press("Control+End")
        page.keyboard.type(" ")
        page.keyboard.press("Control+s")
        with contextlib.suppress(NotWithin):  # something took the focus in between, and the keys
            return until(written, within=MOMENT / 1000, what="it is written")
        return False

    until(saved, within=PATIENCE / 1000, what=f"{path.name} is saved")
    expect(page.locator(".jp-NotebookPanel .lm-mod-current .jp-mod-dirty")).to_have_count(0)


def test_a_notebook_made_elsewhere_says_so_in_one_line(sit: Sitting, demo_hub: DemoHub) -> None:
    remy = sit("remy")
    made = {"slug": "datascience", "release": "2026.9.0", "digest": ""}
    notebook(home(demo_hub, "remy"), "older.ipynb", made)
    image, release = status_after(remy, "older.ipynb")
    line = remy.page.locator(LINE)
    expect(line).to_have_attribute("data-enablement-image-line", "newer")
    expect(line).to_be_visible()
    expect(line).to_contain_text(f"Made in Data science 2026.9.0. This server runs a newer release, {release}.")
    remy.shot("image-line-light")
    more = line.locator(hook("image-changes"))
    more.click()
    changed = line.locator("[data-enablement-change]")
    assert [row.get_attribute("data-enablement-change") for row in changed.all()] == ["pandas"]
    remy.shot("image-line-open-light")
    remy.theme("JupyterLab Dark")
    remy.page.wait_for_timeout(2500)  # the new theme fades in
    remy.shot("image-line-open-dark")
    remy.page.locator("[data-enablement-image]").click()
    expect(remy.page.locator("[data-enablement-made-in]")).to_be_visible()
    remy.shot("image-popup-dark")
    remy.page.keyboard.press("Escape")
    line.locator(hook("dismiss-image")).click()
    expect(line).to_have_count(0)
    assert image == "datascience"


def test_a_notebook_is_reopened_in_the_image_it_was_made_in(sit: Sitting, demo_hub: DemoHub) -> None:
    remy = sit("remy")
    notebook(home(demo_hub, "remy"), "slim one.ipynb", {"slug": "minimal", "release": "2026.11.0", "digest": ""})
    remy.open_notebook("slim one.ipynb")
    line = remy.page.locator(LINE)
    expect(line).to_have_attribute("data-enablement-image-line", "different")
    expect(line).to_contain_text("Made in another image, Minimal 2026.11.0.")
    with remy.page.context.expect_page() as opened:
        line.locator(hook("reopen-image")).click()
    other = opened.value
    other.wait_for_url(re.compile(r"/user/remy/minimal-2026-11-0/lab"), timeout=SERVER_START * 2)
    expect(other.locator("[data-enablement-image]")).to_have_attribute(
        "data-enablement-image", "minimal/2026.11.0", timeout=SERVER_START
    )
    expect(other.locator(".jp-NotebookPanel")).to_be_visible(timeout=SERVER_START)
    expect(other.locator(LINE)).to_have_count(0)
    remy.shot("image-reopened", other)
    other.close()


def test_what_nobody_knows_any_more_is_said_and_nothing_breaks(sit: Sitting, demo_hub: DemoHub) -> None:
    dana = sit("dana")
    notebook(home(demo_hub, "dana"), "lost.ipynb", {"slug": "gone", "release": "2024.1.0", "digest": ""})
    dana.open_notebook("lost.ipynb")
    line = dana.page.locator(LINE)
    expect(line).to_have_attribute("data-enablement-image-line", "unknown")
    expect(line).to_contain_text("which this hub’s catalog does not have")
    expect(line.locator(hook("reopen-image"))).to_have_count(0)


def test_a_package_is_asked_for_and_answered(sit: Sitting) -> None:
    dana, petra = sit("dana"), sit("petra", dark=True)
    page = dana.page
    page.locator("[data-enablement-image]").click()
    page.locator(hook("ask-for-package")).click()
    dialog = page.locator('[data-enablement-dialog="ask-for-package"]')
    expect(dialog.locator('[data-enablement-field="package"]')).to_have_value("cowsay")
    expect(dialog.locator(hook("submit-package"))).to_be_disabled()
    dialog.locator('[data-enablement-field="wanted"]').fill("newest")
    dialog.locator('[data-enablement-field="why"]').fill("The quarterly report needs a cow.")
    dialog.locator(hook("submit-package")).click()
    expect(dialog.locator("[data-enablement-error]")).to_be_visible()
    dialog.locator('[data-enablement-field="wanted"]').fill(">=6,<7")
    dana.shot("package-ask-light")
    dialog.locator(hook("submit-package")).click()
    asked = dialog.locator('[data-enablement-phase="asked"]')
    expect(asked).to_have_attribute("data-enablement-solved", re.compile("possible|impossible|unknown"), timeout=SOLVER)
    dana.shot("package-asked-light")
    dialog.locator(hook("close")).click()
    petra.show_panel()
    row = petra.page.locator('[data-enablement-package-request="1"]')
    expect(row).to_contain_text("The quarterly report needs a cow.", timeout=RECOVERY)
    petra.theme("JupyterLab Dark")
    petra.page.wait_for_timeout(2500)  # the new theme fades in
    petra.shot("package-row-dark")
    with petra.page.context.expect_page() as opened:
        row.locator(hook("answer-package")).click()
    answer = opened.value
    answer.wait_for_load_state()
    expect(answer.locator("#solver")).to_have_attribute("data-solved", re.compile("possible|impossible|unknown"))
    petra.shot("package-page-dark", answer)
    answer.locator('input[name="verdict"][value="accept"]').check()
    answer.locator('textarea[name="reason"]').fill("With the December release.")
    answer.locator('button[type="submit"]').click()
    expect(answer.locator("#state")).to_have_attribute("data-state", "accepted")
    dana.show_panel()
    mine = page.locator('[data-enablement-package-request="1"]')
    expect(mine).to_have_attribute("data-enablement-request-state", "accepted", timeout=RECOVERY)
    expect(mine).to_contain_text("With the December release.")
    dana.shot("package-answered-light")


def test_sending_names_what_the_image_does_not_have(sit: Sitting, demo_hub: DemoHub) -> None:
    dana = sit("dana")
    notebook(home(demo_hub, "dana"), "to send.ipynb", None)
    dana.open_notebook("to send.ipynb")
    dialog = dana.send_dialog()
    note = dialog.locator("[data-enablement-drift-note]")
    expect(note).to_contain_text("cowsay 6.0 from PYTHONPATH is not in the image", timeout=PATIENCE)
    dana.shot("send-drift-light")


SLOW = "import time\ntime.sleep(10)"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4, 8])\nplt.title('Customers who left');"
WHY = "The data of June were corrected after it was sent; the new plot is right."


def a_notebook_with_another_plot(folder: Path) -> None:
    """It shows a plot that the run will not show; nothing else differs."""
    picture, file = Image.new("RGB", (640, 480), "white"), io.BytesIO()
    ImageDraw.Draw(picture).line([(60, 420), (300, 300), (600, 40)], fill=(200, 60, 40), width=4)
    picture.save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure size 640x480 with 1 Axes>"}
    plot = {"output_type": "display_data", "metadata": {}, "data": data}
    answer = {"output_type": "execute_result", "metadata": {}, "execution_count": 1, "data": {"text/plain": "42"}}
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "source": source,
            "execution_count": count,
            "outputs": outputs,
        }
        for count, (name, source, outputs) in enumerate(
            (("sum", "6 * 7", [answer]), ("plot", PLOT, [plot]), ("slow", SLOW, [])), 1
        )
    ]
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    folder.mkdir()
    document = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "june.ipynb").write_text(json.dumps(document))


def test_a_reviewer_watches_the_run_discusses_what_differs_and_overrides_with_a_reason(
    sit: Sitting, demo_hub: DemoHub
) -> None:
    a_notebook_with_another_plot(home(demo_hub, "dana") / "june")
    remy, dana = sit("remy"), sit("dana")
    dana.open_notebook("june/june.ipynb")
    number, _ = dana.send(dana.send_dialog())
    remy.show_panel()
    expect(remy.row(number)).to_be_visible(timeout=RECOVERY)
    remy.open_submission(number)
    line = remy.page.locator("[data-enablement-rerun]:visible")
    expect(line).to_be_visible()
    if line.get_attribute("data-enablement-rerun") == "ended":  # a slow browser: another one is asked for
        line.locator(hook("ask-rerun")).click()
    required = remy.page.locator('[data-enablement-requirement="rerun"]:visible')
    expect(required.locator('[data-enablement-standing="under-way"]')).to_be_visible()
    expect(line).to_contain_text(re.compile("Being run again: [1-3] of 3 cells done"))
    remy.shot("verdicts-running")
    expect(line).to_have_attribute("data-enablement-rerun", "ended", timeout=RECOVERY)
    expect(line).to_contain_text("2 of 3 cells the same, 1 not as sent")
    expect(required).to_have_attribute("data-enablement-state", "unsatisfied")
    expect(required).to_contain_text("1 cell did not: cell 2.")
    remy.shot("verdicts-required")

    panel = discuss_with_one_key(remy)
    approve_all_the_same(remy)
    remy.expect_state(number, "approved")
    expect(panel.locator("[data-enablement-thread]")).to_contain_text("not as sent")
    remy.tab("overview")
    expect(required).to_have_attribute("data-enablement-state", "overridden", timeout=RECOVERY)
    expect(required).to_contain_text(WHY)
    remy.shot("verdicts-overridden")
    remy.theme("JupyterLab Dark")
    expect(remy.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    remy.shot("dark-verdicts-overridden")
    remy.tab("notebook")
    remy.shot("dark-verdicts-thread")
    history = remy.tab("history")
    expect(history.locator('[data-enablement-overridden="rerun"]')).to_contain_text(WHY)
    remy.shot("dark-verdicts-history")


def discuss_with_one_key(remy: Person) -> Locator:
    """Look at both pictures, make a thread of it with a key, and press it again; the Notebook tab."""
    panel = remy.tab("notebook")
    cell = panel.locator('[data-enablement-cell="plot"]')
    chip = remy.read_until(panel, cell.locator('[data-enablement-run-verdict="not-as-sent"]'))
    expect(chip).to_be_visible()
    cell.locator(hook("compare-pictures")).click()
    expect(cell.locator("[data-enablement-pictures] img")).to_have_count(2)
    remy.shot("verdicts-pictures")
    cell.focus()
    remy.page.keyboard.press("t")
    draft = cell.locator("[data-enablement-draft]")
    expect(draft).to_be_focused()
    expect(draft).to_contain_text("Re-run: the same twice, not as sent")
    cell.focus()
    remy.page.keyboard.press("t")
    expect(draft).to_be_focused()
    expect(panel.locator("[data-enablement-draft]")).to_have_count(1)
    remy.shot("verdicts-thread")
    return panel


def approve_all_the_same(remy: Person) -> None:
    """On the decision page: refused without a reason, done with one."""
    with remy.page.context.expect_page() as opened:
        remy.page.locator(f"{hook('approve')}:visible").click()
    page = opened.value
    page.wait_for_load_state()
    expect(page.locator("#verdict-line")).to_contain_text("2 of 3 cells the same")
    expect(page.locator("#evidence img")).to_have_count(2)
    expect(page.locator("#drafts article")).to_have_count(1)
    assert page.locator("#evidence img").evaluate_all(
        "all => all.every(each => each.complete && each.naturalWidth > 0)"
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.screenshot(path=remy.shots / f"{scheme}-verdicts-decision.png", full_page=True)
    page.locator('input[name="verdict"][value="approve"]').check()
    page.click('button[type="submit"]')
    expect(page.locator("[data-code]")).to_have_attribute("data-code", "requirements-open")
    expect(page.locator("body")).to_contain_text("cell 2 not as sent")
    remy.shot("dark-verdicts-refused", page)
    page.goto(page.url)
    page.locator('textarea[name="why.rerun"]').fill(WHY)
    page.locator('input[name="verdict"][value="approve"]').check()
    page.click('button[type="submit"]')
    expect(page.locator('#overridden[data-overridden="1"]')).to_be_visible()
    expect(page.locator('#published[data-published="1"]')).to_be_visible()
    remy.shot("dark-verdicts-approved", page)
    page.close()
