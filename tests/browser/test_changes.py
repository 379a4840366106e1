"""A second version arrives: its reviewer sees what changed since, marks what was seen, and comments on a line that is gone."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, SERVER_START, Person, hook
from tests.polling import until
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser

PATH = "changes.ipynb"
CANARY = "<img src=x onerror='top.canary=1'><script>top.canary=1</script>"


def cell(identity: str, source: str, *outputs: dict[str, Any], kind: str = "code") -> dict[str, Any]:
    made = {"cell_type": kind, "id": identity, "metadata": {}, "source": source}
    return {**made, "outputs": list(outputs), "execution_count": 1} if kind == "code" else made


def shown(**forms: str) -> dict[str, Any]:
    names = {"html": "text/html", "png": "image/png", "plain": "text/plain"}
    return {"output_type": "display_data", "metadata": {}, "data": {names[key]: form for key, form in forms.items()}}


def chart(*heights: int) -> str:
    """Bars of these heights, as a picture."""
    picture = Image.new("RGB", (400, 160), "white")
    for at, height in enumerate(heights):
        ImageDraw.Draw(picture).rectangle((20 + at * 60, 150 - height, 60 + at * 60, 150), fill="steelblue")
    data = io.BytesIO()
    picture.save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def table(spend: int) -> str:
    rows = (("ada", 12, 3), ("bob", spend, 4), ("cyn", 30, 5))
    body = "".join(f"<tr><th>{name}</th><td>{money}</td><td>{visits}</td></tr>" for name, money, visits in rows)
    return f"<table><thead><tr><th></th><th>spend</th><th>visits</th></tr></thead><tbody>{body}</tbody></table>"


LOAD = "import pandas as pd\n\nframe = pd.read_csv('data.csv')\nframe = frame.dropna()\nprint(len(frame))"
QUIET = [cell(f"q{number}", f"step_{number} = frame.groupby('g{number}').mean()") for number in range(6)]
FIRST = [
    cell("text", "# Who leaves?\n\nA *weekly* list of customers.", kind="markdown"),
    cell("load", LOAD, {"output_type": "stream", "name": "stdout", "text": "120\n"}),
    *QUIET,
    cell("table", "frame.head(3)", shown(html=table(20))),
    cell("plot", "frame.plot.bar()", shown(png=chart(90, 60, 120))),
    cell("old", "print('only in the first version')\nscore = 0.5"),
]
SECOND = [
    cell("text", "# Who leaves?\n\nA *monthly* list of customers.", kind="markdown"),
    cell(
        "load2",
        LOAD.replace("frame = frame.dropna()\n", ""),
        {"output_type": "stream", "name": "stdout", "text": "133\n"},
    ),
    *QUIET,
    cell("plot", "frame.plot.bar()", shown(png=chart(90, 60, 140, 30))),
    cell("table", "frame.head(3)", shown(html=table(21))),
    cell("new", f"note = {CANARY!r}", shown(html=CANARY, plain="a note")),
]


def test_what_changed_since_the_version_that_was_read(sit: Sitting, demo_hub: DemoHub) -> None:
    home = demo_hub.state / "home" / "dana"
    _write(home / PATH, FIRST)
    dana, remy = sit("dana"), sit("remy")
    number = _sent(dana)
    remy.open_lab(f"reset&enablement-submission={number}")
    remy.document(number)
    expect(remy.tab("changes")).to_contain_text("This is the first version")
    expect(remy.tab("notebook").locator("[data-enablement-cell]").first).to_be_visible(timeout=RECOVERY)

    _write(home / PATH, SECOND)
    _what_the_author_sees_before_sending(dana, number)
    assert _sent(dana) == number

    remy.open_lab(f"reset&enablement-submission={number}")
    remy.document(number)
    panel = remy.page.locator('[data-enablement-panel="changes"]:visible')  # by itself: what is new comes first
    expect(panel.locator('[data-enablement-changes-shown="1/2"]')).to_be_visible(timeout=RECOVERY)
    left = panel.locator("[data-enablement-left]")
    expect(left).to_have_attribute("data-enablement-changed", "6")
    expect(left).to_have_attribute("data-enablement-left", "6")
    expect(panel.locator('[data-enablement-equal="6"]')).to_contain_text("Cells 3 to 8 are unchanged")
    _everything_that_differs(remy, panel)
    _a_comment_on_a_line_that_is_gone(remy, panel)
    _marks(remy, panel, number)
    assert remy.page.evaluate("() => window.canary") is None


FITS = "rows = frame.fillna(0)\nmodel.fit(rows)"
ASKED = [
    cell("load", LOAD, {"output_type": "stream", "name": "stdout", "text": "120\n"}),
    cell("fit", FITS),
    cell("plot", "frame.plot.bar()", shown(png=chart(90, 60, 120))),
]
EDITED = LOAD.replace("frame.dropna()", "frame.dropna(how='all')")


def test_what_is_suggested_goes_into_the_authors_notebook_in_one_save(sit: Sitting, demo_hub: DemoHub) -> None:
    path = demo_hub.state / "home" / "dana" / PATH
    _write(path, ASKED)
    dana, remy = sit("dana"), sit("remy")
    number = _sent(dana)
    _remy_suggests(remy, number)

    fit = cell("fit", FITS.replace("fillna(0)", "fillna(1)"))
    _write(path, [fit, ASKED[2], {**ASKED[0], "id": "elsewhere"}])  # one moved under another id, one changed there
    dana.open_lab(f"reset&enablement-submission={number}")
    dana.document(number)
    bar = dana.page.locator('[data-enablement-suggestions="2"]:visible')
    expect(bar).to_contain_text("2 suggested edits", timeout=RECOVERY)
    dana.tab("discussion")
    dana.shot("suggestions-author")
    bar.locator(hook("apply-suggestions")).click()
    told = dana.page.locator("[data-enablement-outcomes]")
    expect(told.locator('[data-enablement-outcome="fits"]')).to_contain_text("Cell 3", timeout=RECOVERY)
    expect(told.locator('[data-enablement-outcome="conflict"] pre')).to_have_text(
        [fit["source"], FITS.replace("fillna(0)", "ffill()"), FITS]
    )
    expect(told).to_contain_text("1 edit applied and saved. Outputs are still those from before")
    dana.shot("suggestions-conflict")
    expected = [fit, ASKED[2], {**ASKED[0], "id": "elsewhere", "source": EDITED}]
    assert _sources_and_outputs(path) == [(each["source"], each["outputs"]) for each in expected]

    _dana_applies_the_other_and_takes_it_back(dana, path, expected)
    assert _sent(dana) == number
    remy.open_lab(f"reset&enablement-submission={number}")
    remy.document(number)
    threads = remy.tab("discussion").locator("[data-enablement-thread]")
    states = threads.filter(has_not_text="Why is the score gone?")  # of the test before, at the same notebook
    expect(states).to_have_count(2, timeout=RECOVERY)
    expect(states.filter(has_text="Resolved")).to_have_count(1)
    history = remy.tab("history").locator('[data-enablement-event="version_sent"]')
    expect(history.filter(has_text="1 suggested edit is in it")).to_have_count(1, timeout=RECOVERY)


def _remy_suggests(remy: Person, number: int) -> None:
    remy.open_lab(f"reset&enablement-submission={number}")
    remy.theme("JupyterLab Dark")
    remy.document(number)
    panel = remy.tab("notebook")
    for identity, source, by_key in (("load", EDITED, False), ("fit", FITS.replace("fillna(0)", "ffill()"), True)):
        row = panel.locator(f'[data-enablement-cell="{identity}"]')
        expect(row.locator(hook("suggest-edit"))).to_be_visible(timeout=RECOVERY)
        editor = row.locator("[data-enablement-suggestion-editor]")
        if by_key:
            row.locator(hook("suggest-edit")).focus()
            remy.page.keyboard.press("s")
        else:
            row.locator(hook("suggest-edit")).click()
        field = editor.locator('[data-enablement-field="source"]')
        expect(editor.locator(hook("add-suggestion"))).to_be_disabled()  # it says what the cell says
        field.fill(source)
        remy.shot(f"suggestion-editor-{identity}")
        field.press("Control+Enter")
        expect(row.locator('[data-enablement-draft-kind="suggestion"] mark').first).to_be_visible(timeout=PATIENCE)
    remy.shot("suggestions-drafts-dark")
    remy.page.locator(f'[data-enablement-drafts="2"] {hook("publish-drafts")}').click()
    expect(panel.locator('[data-enablement-suggestion="open"]')).to_have_count(2, timeout=PATIENCE)
    remy.shot("suggestions-published-dark")
    remy.theme("JupyterLab Light")


def _dana_applies_the_other_and_takes_it_back(dana: Person, path: Any, before: list[dict[str, Any]]) -> None:
    """In the open notebook: what was in the way is put back by hand, then it fits; undo in the cell takes it out again."""
    _write(path, [{**before[0], "source": FITS + "\nmodel.score(rows)"}, *before[1:]])
    dana.open_notebook(PATH)
    banner = dana.page.locator(".enb-request:visible [data-enablement-suggestions]")
    expect(banner).to_be_visible(timeout=RECOVERY)
    dana.shot("suggestions-notebook")
    dana.page.locator(f".enb-request:visible {hook('apply-suggestions')}").click()
    expect(dana.page.locator(".Toastify__toast", has_text="1 edit applied and saved")).to_be_visible(timeout=PATIENCE)
    assert _sources_and_outputs(path)[0][0] == "rows = frame.ffill()\nmodel.fit(rows)\nmodel.score(rows)"
    assert _sources_and_outputs(path)[1:] == [(each["source"], each["outputs"]) for each in before[1:]]
    first = dana.page.locator(".jp-Notebook .jp-Cell .cm-content").first
    first.click()
    first.press("Control+z")
    expect(first).to_contain_text("fillna(0)")
    expect(first).to_contain_text("model.score(rows)")
    dana.page.keyboard.press("Control+s")
    until(
        lambda: "fillna(0)" in _sources_and_outputs(path)[0][0],
        within=PATIENCE / 1000,
        what="what was taken back is saved",
    )


def _sources_and_outputs(path: Any) -> list[tuple[str, Any]]:
    """Of the cells of the file on disk."""
    cells = json.loads(path.read_text())["cells"]
    plain = [cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"]) for cell in cells]
    return [
        (source, [_joined(output) for output in cell["outputs"]]) for source, cell in zip(plain, cells, strict=True)
    ]


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """An output with its texts in one piece, however its writer cut them."""
    data = {kind: "".join(form).rstrip("\n") for kind, form in output.get("data", {}).items()}
    text = {"text": "".join(output["text"])} if "text" in output else {}
    return {**output, **({"data": data} if data else {}), **text}


def _write(path: Any, cells: list[dict[str, Any]]) -> None:
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    document = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document, indent=1))


def _sent(dana: Person) -> int:
    dana.open_notebook(PATH)
    number, _ = dana.send(dana.send_dialog(patience=RECOVERY))
    return number


def _what_the_author_sees_before_sending(dana: Person, number: int) -> None:
    dana.open_lab(f"reset&enablement-submission={number}")
    dana.document(number)
    panel = dana.tab("changes")
    panel.locator(hook("compare-to")).select_option("file")
    expect(panel.locator('[data-enablement-changes-shown="1/file"]')).to_be_visible(timeout=RECOVERY)
    expect(panel.locator("[data-enablement-change-cell]")).to_have_count(6)
    expect(panel.locator(hook("mark-seen"))).to_have_count(0)
    dana.shot("changes-working-copy")


def _everything_that_differs(remy: Person, panel: Locator) -> None:
    load = _cell(panel, "Code cell 2")
    expect(load.locator('[data-enablement-diff-line="removed"]')).to_contain_text("frame = frame.dropna()")
    expect(load.locator("[data-enablement-output-change]")).to_contain_text("120 became 133")
    text = _cell(panel, "Text cell 1")
    expect(text.locator('[data-enablement-side="new"] em')).to_have_text("monthly")
    remy.shot("changes-side")
    rows = _cell(panel, "Code cell 10").locator("[data-enablement-table-rows]")
    rows.scroll_into_view_if_needed()
    expect(rows.locator("del")).to_have_text("20")
    expect(rows.locator("ins")).to_have_text("21")
    pictures = panel.locator("[data-enablement-pictures]")
    for mode in ("swipe", "onion", "difference"):
        pictures.locator(hook(f"pictures-{mode}")).click()
        expect(pictures).to_have_attribute("data-enablement-pictures", mode)
        remy.shot(f"changes-picture-{mode}")
    pictures.locator(hook("pictures-difference")).press("[")
    expect(pictures).to_have_attribute("data-enablement-pictures", "onion")
    panel.locator(hook("layout-unified")).click()
    load.scroll_into_view_if_needed()
    remy.shot("changes-unified")
    remy.theme("JupyterLab Dark")
    expect(remy.page.locator('body[data-jp-theme-light="false"]')).to_be_attached(timeout=SERVER_START)
    remy.shot("changes-dark")
    panel.locator(hook("layout-side")).click()


def _a_comment_on_a_line_that_is_gone(remy: Person, panel: Locator) -> None:
    gone = _cell(panel, "Code cell 11 of before")
    gone.scroll_into_view_if_needed()
    line = gone.locator('[data-enablement-diff-side="old"][data-enablement-line="2"]')
    remy.comment(line, "Why is the score gone?")
    thread = gone.locator(
        "article[aria-label^='Thread on']", has_text="Why is the score gone?"
    )  # not where it was written
    expect(thread).to_contain_text("Line 2", timeout=RECOVERY)
    expect(thread).to_contain_text("from version 1")
    remy.shot("changes-comment")


def _marks(remy: Person, panel: Locator, number: int) -> None:
    left = panel.locator("[data-enablement-left]")
    panel.locator(hook("next-change")).click()
    remy.page.keyboard.press("e")
    expect(left).to_have_attribute("data-enablement-left", "5")
    _cell(panel, "Code cell 2").locator(hook("mark-seen")).check()
    expect(left).to_contain_text("4 of 6 changed cells left")
    remy.open_lab(f"reset&enablement-submission={number}")
    expect(left).to_have_attribute("data-enablement-left", "4", timeout=RECOVERY)
    remy.shot("changes-marked")
    panel.locator(hook("mark-all-seen")).click()
    expect(left).to_contain_text("All 6 changed cells are seen")


def _cell(panel: Locator, name: str) -> Locator:
    return panel.locator(f'[data-enablement-change-cell][aria-label="{name}"]')
