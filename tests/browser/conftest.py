"""A real Chromium, and people who sit at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.person import PATIENCE, Person
from tests.servers.up import DemoHub

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless; what is expected of a page has a person's patience, not Playwright's 5 s."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots go: ENABLEMENT_SHOTS, or test-results/screenshots below the current folder."""
    folder = Path(os.environ.get("ENABLEMENT_SHOTS", "test-results/screenshots")).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Sitting = Callable[..., Person]


@pytest.fixture
def sit(chromium: Browser, demo_hub: DemoHub, shots: Path) -> Iterator[Sitting]:
    """`sit("dana")` is dana at a fresh browser, signed in, with her server running and JupyterLab open."""
    contexts = []

    def sit_down(name: str, *, dark: bool = False, server: bool = True) -> Person:
        context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, color_scheme="dark" if dark else "light", locale="en-US"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        person = Person(name, demo_hub.password(name), demo_hub.url, context.new_page(), shots)
        person.sign_in()
        if server:
            person.start_server()
        return person

    yield sit_down
    for context in contexts:
        context.close()
