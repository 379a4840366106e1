"""Loading the lab extension adds next to nothing to the server's start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enablement_ext import lab

PROBE = """
import json, sys, time
import jupyter_server.serverapp
import jupyter_server.base.handlers
before = set(sys.modules)
began = time.process_time()
import enablement_ext.lab.extension
spent = time.process_time() - began
print(json.dumps({"spent": spent, "added": sorted(set(sys.modules) - before)}))
"""
HEAVY = {
    "nbformat",
    "jsonschema",
    "sqlalchemy",
    "alembic",
    "jupyterhub",
    "yaml",
    "jinja2",
    "pandas",
    "numpy",
    "requests",
}

MOST_MODULES = 16  # what the first request imports beside them is ten times as many


def loaded() -> dict[str, Any]:
    """What loading the lab extension adds to a server's process."""
    done = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_loading_it_imports_nothing_but_itself_and_a_little_of_the_standard_library() -> None:
    found = loaded()
    foreign = (
        {name.partition(".")[0] for name in found["added"]} - {"enablement_ext", "tornado"} - sys.stdlib_module_names
    )
    assert not foreign
    assert not HEAVY & set(found["added"])
    assert len(found["added"]) <= MOST_MODULES


@pytest.mark.timing
def test_loading_it_costs_nothing_that_is_felt() -> None:
    assert loaded()["spent"] < 0.05  # seconds of CPU, without .pyc files


def test_jupyter_server_and_lab_find_it() -> None:
    assert lab._jupyter_server_extension_points() == [{"module": "enablement_ext.lab.extension"}]
    assert lab._jupyter_labextension_paths() == [{"src": "labextension", "dest": "enablement-labextension"}]
    config = json.loads((Path(lab.__file__).parent / "jupyter_server_config.json").read_text())
    assert config == {"ServerApp": {"jpserver_extensions": {"enablement_ext.lab": True}}}
