"""`enablement check` and `enablement policy` as people and pipelines use them."""

from __future__ import annotations

import json
import random
import string
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import nbformat
import pytest
import yaml

from enablement_ext.cli.app import main
from tests.servers.up import ROOT

Capture = pytest.CaptureFixture[str]
TOKEN = "ghp_" + "".join(random.choices(string.ascii_letters + string.digits, k=36))
SOURCES = [
    "# Ünïcode\nx = 1",
    f'token = "{TOKEN}"',
    "y = x + z",
    "import pandas as pd\npd.read_csv('/home/dana/a.csv')",
]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{at}", execution_count=at) for at, source in enumerate(SOURCES, 1)]
    path = tmp_path / "bad.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", execution_count=1)]), path)
    return path


def test_findings_stand_at_their_line_of_the_file_and_say_what_to_do(bad: Path, good: Path, capsys: Capture) -> None:
    assert main(["check", str(bad), str(good)]) == 1
    said = capsys.readouterr().out
    lines = bad.read_text().splitlines()
    for source, code in (
        (f"token = {json.dumps(TOKEN)[:5]}", "secrets.found"),
        ("y = x + z", "names.undefined"),
        ("/home/dana", "paths.absolute"),
    ):
        (line,) = [each for each in said.splitlines() if each.endswith(f"[{code}]")]
        number = int(line.removeprefix(f"{bad}:").split(":")[0])
        assert source.split('"')[0].strip() in lines[number - 1], code
    assert TOKEN not in said
    assert said.splitlines()[-1] == "1 that block, 2 warnings in 2 notebooks"
    assert main(["check", str(good)]) == 0


def test_json_has_everything(bad: Path, capsys: Capture) -> None:
    assert main(["check", "--json", str(bad)]) == 1
    (file,) = json.loads(capsys.readouterr().out)
    assert [(each["code"], each["cell_id"], each["level"]) for each in file["findings"]] == [
        ("secrets.found", "c2", "block"),
        ("names.undefined", "c3", "warn"),
        ("paths.absolute", "c4", "warn"),
    ]


# What of the standard's schema concerns a result (OASIS, SARIF 2.1.0, 3.27 and 3.28): the whole one cannot be had offline.
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "results": {
                        "items": {
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"]},
                                "locations": {
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "properties": {"region": {"properties": {"startLine": {"minimum": 1}}}}
                                            },
                                            "logicalLocations": {"type": "array", "items": {"required": ["name"]}},
                                        }
                                    }
                                },
                            },
                        }
                    }
                },
            }
        },
    },
}


def test_sarif_points_to_the_line_and_names_the_cell(bad: Path, capsys: Capture) -> None:
    assert main(["check", "--sarif", str(bad)]) == 1
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SARIF)
    (run,) = document["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= rules
    secret = next(result for result in run["results"] if result["ruleId"] == "secrets.found")
    place = secret["locations"][0]
    assert place["logicalLocations"][0]["name"] == "c2"
    assert "token" in bad.read_text().splitlines()[place["physicalLocation"]["region"]["startLine"] - 1]


def test_junit_fails_what_blocks(bad: Path, capsys: Capture) -> None:
    assert main(["check", "--junit", str(bad)]) == 1
    (suite,) = ElementTree.fromstring(capsys.readouterr().out.split("?>", 1)[1])
    assert suite.get("failures") == "1"
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    warned = [case.get("name") for case in suite if case.find("system-out") is not None]
    assert (failed, warned) == (["secrets.found"], ["names.undefined", "paths.absolute"])


def test_rules_change_what_blocks(bad: Path, tmp_path: Path, capsys: Capture) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('version = 1\n[levels]\nsecrets = "warn"\n"names.undefined" = "allow"')
    assert main(["check", str(bad), "--policy", str(rules)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 that block, 2 warnings in 1 notebooks"
    assert main(["policy", "check", str(rules)]) == 0
    assert main(["policy", "explain", str(rules)]) == 0
    assert "secrets.found: warn (else block)." in capsys.readouterr().out


def test_mistakes_are_named(bad: Path, tmp_path: Path, capsys: Capture) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('version = 1\n[levels]\nsecret = "warn"\norder = "stop"')
    assert main(["policy", "check", str(rules)]) == 1
    said = capsys.readouterr().err
    assert "levels.order: 'stop' is none of block, warn, allow" in said
    assert "levels.secret: no check finds this; did you mean secrets?" in said
    assert main(["check", str(bad), "--policy", str(rules)]) == 2
    assert main(["check", str(bad), "--policy", str(tmp_path / "none.toml")]) == 2
    assert main(["check", str(tmp_path / "none.ipynb")]) == 2
    (tmp_path / "odd.ipynb").write_text("{")
    assert main(["check", str(tmp_path / "odd.ipynb")]) == 2
    assert "odd.ipynb" in capsys.readouterr().err


@pytest.mark.slow
def test_it_is_a_hook_of_pre_commit(bad: Path) -> None:
    """The hook's entry with a file behind it, as pre-commit calls it."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    entry = [str(Path(sys.executable).parent / hook["entry"].split()[0]), *hook["entry"].split()[1:]]
    ran = subprocess.run([*entry, bad.name], check=False, cwd=bad.parent, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "[secrets.found]" in ran.stdout
