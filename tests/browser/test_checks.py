"""What checks find: the author puts it right or looks at it before sending, the reviewer reads what was left."""

from __future__ import annotations

import json
import shutil

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sitting
from tests.browser.person import PATIENCE, RECOVERY, hook
from tests.servers.up import DemoHub

pytestmark = pytest.mark.browser

ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'region'", "traceback": ["KeyError: 'region'"]}


def a_notebook_with_flaws(demo_hub: DemoHub, name: str) -> None:
    """The demo's, with a cell that failed and one that was never run and uses what nothing defines."""
    home = demo_hub.state / "home" / "dana"
    shutil.copytree(home / "churn", home / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    path = home / name / "churn.ipynb"
    notebook = json.loads(path.read_text())
    for identity, source, count, outputs in (
        ("failed", "customers['region']", 11, [ERROR]),
        ("undefined", "forecast.head()", None, []),
    ):
        code = {"cell_type": "code", "id": identity, "metadata": {}, "source": source, "outputs": outputs}
        notebook["cells"].append({**code, "execution_count": count})
    path.write_text(json.dumps(notebook))


def finding(place: Locator, code: str) -> Locator:
    return place.locator(f'[data-enablement-finding="{code}"]')


def test_an_author_puts_right_what_the_checks_found_and_a_reviewer_reads_the_rest(
    sit: Sitting, demo_hub: DemoHub
) -> None:
    a_notebook_with_flaws(demo_hub, "checked")
    dana = sit("dana")
    dana.open_notebook("checked/churn.ipynb")
    dialog = dana.send_dialog()
    ready = dialog.locator('[data-enablement-preflight="ready"]')
    expect(finding(ready, "outputs.error")).to_be_visible(timeout=RECOVERY)
    expect(finding(ready, "names.undefined")).to_contain_text("forecast")
    dana.shot("preflight")

    finding(ready, "outputs.error").locator(hook("fix-clear-output")).click()
    expect(finding(ready, "outputs.error")).to_have_count(0, timeout=PATIENCE)
    data = dialog.locator('[data-enablement-candidate="checked/customers.csv"] input')
    data.uncheck()
    expect(finding(ready, "inputs.not-sent")).to_be_visible(timeout=PATIENCE)
    finding(ready, "inputs.not-sent").locator(hook("fix-add-file")).click()
    expect(data).to_be_checked()
    expect(finding(ready, "inputs.not-sent")).to_have_count(0, timeout=PATIENCE)

    finding(ready, "names.undefined").locator(hook("show-finding")).click()
    expect(dialog).to_have_count(0)
    expect(dana.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")).to_contain_text("forecast.head()")
    number, _ = dana.send(dana.send_dialog())

    remy = sit("remy")
    remy.show_panel()
    expect(remy.row(number)).to_be_visible(timeout=RECOVERY)
    remy.open_submission(number)
    checks = remy.page.locator('[data-enablement-checks="true"]:visible')
    expect(finding(checks, "names.undefined")).to_be_visible(timeout=PATIENCE)
    expect(finding(checks, "outputs.error")).to_have_count(0)
    checks.locator("details[data-enablement-facts] summary").click()
    expect(finding(checks, "inputs.file")).to_contain_text("customers.csv")
    checks.scroll_into_view_if_needed()
    remy.shot("checks-in-review")
    finding(checks, "names.undefined").locator(hook("show-finding")).click()
    panel = remy.page.locator('[data-enablement-panel="notebook"]:visible')
    expect(panel.locator("[data-enablement-cell]", has_text="forecast.head()")).to_be_in_viewport(timeout=PATIENCE)

    for person in (dana, remy):
        person.theme("JupyterLab Dark")
        expect(person.page.locator("body")).to_have_attribute("data-jp-theme-light", "false", timeout=PATIENCE)
    remy.tab("overview")
    checks.scroll_into_view_if_needed()
    remy.shot("dark-checks-in-review")
    again = dana.send_dialog()
    expect(finding(again.locator('[data-enablement-preflight="ready"]'), "names.undefined")).to_be_visible(
        timeout=PATIENCE
    )
    dana.shot("dark-preflight")
    for person in (dana, remy):
        person.page.keyboard.press("Escape")
        person.theme("JupyterLab Light")
        expect(person.page.locator("body")).to_have_attribute("data-jp-theme-light", "true", timeout=PATIENCE)
