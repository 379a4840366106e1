"""Every option of every command is tried in a test; here those that no test of the command itself gives."""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from enablement_ext.adapters.catalog_folder import copy_catalog
from enablement_ext.adapters.local_paths import shipped
from enablement_ext.cli.app import build_parser, main

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]
READING = [
    ["list"],
    ["show", "minimal"],
    ["diff", "minimal/2026.9.0", "minimal/2026.11.0"],
    ["changelog", "minimal"],
    ["sbom", "minimal"],
    ["pythons"],
    ["advisories", "no-records.json"],
    ["export", "helm", "--packages", "none"],
    ["verify"],
    ["gc", "--pretend", "--redirected", "--json"],
    ["promote", "ml/2026.9.0", "--untested", "somebody asked for it"],
    ["deprecate", "ml/2026.9.0", "--redirect", "2026.11.0", "--until", "2030-01-01"],
    ["withdraw", "ml/2026.9.0", "--reason", "numpy was wrong", "--unchecked"],
    ["new", "vision", "--title", "Looking at pictures", "--package", "pillow>=11"],
]


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of one's own, named by nothing: tests give it by option."""
    monkeypatch.delenv("ENABLEMENT_CATALOG", raising=False)
    monkeypatch.chdir(tmp_path)
    copy_catalog(shipped("images"), tmp_path / "ours")
    (tmp_path / "no-records.json").write_text("[]")
    return tmp_path / "ours"


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_each_command_takes_another_catalog_and_another_cache(words: list[str], catalog: Path, capsys: Capture) -> None:
    places = ["--catalog", str(catalog), "--cache", str(catalog.parent / "cache")]
    assert main(["image", *words, *places]) == 0, capsys.readouterr()
    assert f"catalog: {catalog} (named by --catalog)" in capsys.readouterr().err


def test_usage_and_rerun_take_another_catalog_too(catalog: Path, capsys: Capture) -> None:
    """One asks a hub, which is not there; the other is asked for a release that only another catalog could have."""
    assert main(["image", "usage", "--catalog", str(catalog), "--cache", str(catalog.parent / "cache")]) == 3
    assert f"catalog: {catalog} (named by --catalog)" in capsys.readouterr().err
    assert main(["rerun", "n.ipynb", "--image", "vision", "--catalog", str(catalog)]) == 2
    assert f"there is no release 'vision' in {catalog}" in capsys.readouterr().err


def test_an_environment_for_every_python_says_which_are_not_here(catalog: Path, capsys: Capture) -> None:
    """Of a release for one Python that no machine has any more."""
    release = catalog / "minimal/releases/2026.11.0/release.toml"
    release.write_text(re.sub(r"(?m)^python = .*$", 'python = ["3.6"]', release.read_text()))
    asked = ["minimal", "--venv", "--all-pythons", "--catalog", str(catalog), "--cache", str(catalog.parent / "cache")]
    assert main(["image", "build", *asked]) == 1
    assert capsys.readouterr().out == "Python 3.6: not on this machine\n"


def test_a_title_is_that_of_the_intent(catalog: Path) -> None:
    assert main(["image", "new", "vision", "--title", "Looking at pictures", "--catalog", str(catalog)]) == 0
    assert 'title = "Looking at pictures"' in (catalog / "vision/image.toml").read_text()


def test_packages_can_be_left_out_of_the_charts_values(catalog: Path, capsys: Capture) -> None:
    long, short = (
        (main(["image", "export", "helm", "--packages", which, "--catalog", str(catalog)]), capsys.readouterr().out)[1]
        for which in ("all", "none")
    )
    listed = [
        yaml.safe_load(text)["images"]["minimal"]["releases"]["2026.11.0"].get("packages") for text in (long, short)
    ]
    assert "jupyterlab==" in str(listed[0])
    assert not listed[1]


def test_what_was_published_at_a_revision_must_not_have_changed(catalog: Path, capsys: Capture) -> None:
    git = ["git", "-C", str(catalog.parent), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "ours"], ["commit", "-q", "-m", "published"]):
        subprocess.run([*git, *words], check=True)
    asked = ["image", "verify", "--against", "HEAD", "--catalog", str(catalog)]
    assert main(asked) == 0, capsys.readouterr()
    for file in (catalog / "ml/releases/2026.9.0").iterdir():
        file.unlink()
    (catalog / "ml/releases/2026.9.0").rmdir()
    assert main(asked) == 1
    assert "ml/2026.9.0" in capsys.readouterr().out


def test_a_policy_is_explained_for_an_image_and_a_track(tmp_path: Path, capsys: Capture) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('version = 1\n[image.ml.levels]\norder = "block"\n[track.clinical.levels]\npersonal = "block"\n')
    said = {}
    for asked in ((), ("--image", "ml"), ("--image", "ml", "--track", "clinical")):
        assert main(["policy", "explain", str(rules), *asked]) == 0
        said[len(asked)] = set(capsys.readouterr().out.splitlines())
    assert any(line.startswith("order.") and ": block" in line for line in said[2] - said[0])
    assert any(line.startswith("personal.") and ": block" in line for line in said[4] - said[2])


def test_no_option_is_left_untried() -> None:
    """Each stands in a test together with the last word of its command."""
    tests = [path.read_text() for path in ROOT.glob("tests/**/*.py")]
    untried = [
        f"{' '.join(words)} {option}"
        for words, parser in _commands(("enablement",), build_parser())
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help" and not _is_tried(option, words[-1], tests)
    ]
    assert untried == []


def _is_tried(option: str, verb: str, tests: list[str]) -> bool:
    both = re.compile(rf"{re.escape(option)}\b"), re.compile(rf"\b{re.escape(verb)}\b")
    return any(all(each.search(text) for each in both) for text in tests)


def _commands(
    words: tuple[str, ...], parser: argparse.ArgumentParser
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    yield words, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _commands((*words, name), below)
