"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.servers.up import DemoHub, running_up

# Services that tests start run nothing again but where a test is about that: it would cost every other one time.
os.environ.setdefault("ENABLEMENT_RERUNS", "off")


@pytest.fixture(scope="session")
def demo_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """One `enablement up` for the whole session, on a free port, with a state folder of its own: `url`, `people`, `state`."""
    with running_up(tmp_path_factory.mktemp("demo") / "state") as hub:
        yield hub
