"""What the tests of deployments share: a browser that finds the names of this folder, and people who sit at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.person import PATIENCE, Person
from tests.servers.own_hub import OwnHub

NAMES = "*.example.test"  # led to this machine by the browser alone
LINES = 30_000  # of text that a cell printed: three megabytes of notebook
Sitting = Callable[[str, OwnHub, str], Person]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; it trusts certificates that were made for a test."""
    expect.set_options(timeout=PATIENCE)
    rules = f"--host-resolver-rules=MAP {NAMES} 127.0.0.1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, rules])
        yield chromium
        chromium.close()


@pytest.fixture
def sit(browser: Browser, tmp_path: Path) -> Iterator[Sitting]:
    """`sit("dana", hub, url)` is dana at a fresh browser, signed in, with JupyterLab open."""
    contexts = []

    def sit_down(name: str, hub: OwnHub, url: str) -> Person:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", ignore_https_errors=True)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        person = Person(name, hub.passwords[name], url, context.new_page(), tmp_path)
        person.sign_in()
        person.start_server()
        return person

    yield sit_down
    for context in contexts:
        context.close()


def large_notebook(home: Path, name: str) -> str:
    """A notebook of three megabytes in somebody's home, which no other is like; its path there."""
    lines = [f"{number:08d} {'churn ' * 15}\n" for number in range(LINES)]
    printed = {"output_type": "stream", "name": "stdout", "text": lines}
    source = f"print(lines)  # {name}"
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "execution_count": 1}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [{**cell, "outputs": [printed]}]}
    (home / f"{name}.ipynb").write_text(json.dumps(notebook))
    return f"{name}.ipynb"
