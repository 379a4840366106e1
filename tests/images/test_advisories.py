"""Known vulnerabilities of locked packages: records in the OSV format, from every kind of file, over real locks."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from enablement_ext.adapters.advisory_file import read_advisories
from enablement_ext.cli.app import main
from enablement_ext.core.images.python.advisories import (
    Acceptance,
    AdvisoryIndex,
    BadAdvisories,
    Record,
    Vulnerability,
    judged,
    read_acceptances,
)
from tools.advisories import main as check_everything

TODAY = date(2026, 12, 1)
Events = list[dict[str, str]]


def record(events: Events, advisory: str = "OSV-1", name: str = "Pillow", **more: object) -> Record:
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": advisory, "summary": "A bad picture\nmore", "aliases": ["CVE-1"], "affected": [affected], **more}


def index(*records: Record) -> AdvisoryIndex:
    made = AdvisoryIndex()
    made.add(records)
    return made


OLD_AND_NEW: Events = [{"introduced": "0"}, {"fixed": "9.0.1"}, {"introduced": "10.0"}, {"last_affected": "10.2"}]


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("1.0", True),
        ("9.0.1rc1", True),
        ("9.0.1", False),
        ("9.5", False),
        ("10.0", True),
        ("10", True),
        ("10.2", True),
        ("10.2.0.post1", False),
        ("10.10", False),
    ],
)
def test_a_version_is_in_a_range_or_not(version: str, affected: bool) -> None:
    assert bool(index(record(OLD_AND_NEW)).of("pillow", version)) is affected
    assert bool(index(record(OLD_AND_NEW[::-1])).of("pillow", version)) is affected, "events come in any order"


def test_a_finding_says_what_a_person_needs() -> None:
    assert index(record(OLD_AND_NEW)).of("pillow", "9") == (
        Vulnerability("pillow", "9", "OSV-1", ("CVE-1",), "A bad picture", ("9.0.1",)),
    )


def test_versions_are_named_one_by_one_too() -> None:
    named = {"package": {"ecosystem": "PyPI", "name": "pillow"}, "versions": ["9.0"]}
    assert index({"id": "OSV-1", "affected": [named]}).of("pillow", "9.0")
    assert not index({"id": "OSV-1", "affected": [named]}).of("pillow", "9.1")


def test_what_is_withdrawn_of_another_ecosystem_or_about_commits_says_nothing() -> None:
    withdrawn = record([{"introduced": "0"}], withdrawn="2026-01-01T00:00:00Z")
    npm = {
        "package": {"ecosystem": "npm", "name": "pillow"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
    }
    commits = {
        "package": {"ecosystem": "PyPI", "name": "pillow"},
        "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}],
    }
    found = index(withdrawn, {"id": "A", "affected": [npm]}, {"id": "B", "affected": [commits]})
    assert found.of("pillow", "9.0") == ()


def test_what_cannot_be_judged_counts() -> None:
    assert index(record([{"introduced": "0"}, {"fixed": "next spring"}])).of("pillow", "9.0")


@pytest.mark.parametrize(
    "odd", [{}, {"affected": 3}, {"affected": [3, {"package": None}]}, {"affected": [{"ranges": "x"}]}]
)
def test_odd_records_break_nothing(odd: dict[str, object]) -> None:
    assert index({"id": "X", **odd}).of("pillow", "9.0") == ()


def test_an_acceptance_holds_until_its_day_and_is_said_when_nothing_needs_it() -> None:
    found = index(record([{"introduced": "0"}])).of("pillow", "9.0")
    by_alias, over, unused = (
        Acceptance("CVE-1", "not used here", TODAY),
        Acceptance("OSV-1", "was waiting", date(2026, 11, 30)),
        Acceptance("OSV-2", "once", date(2027, 1, 1)),
    )
    assert judged(found, [by_alias], TODAY).accepted == found
    assert judged(found, [over], TODAY).found == found
    assert judged(found, [by_alias, over, unused], TODAY).stale == (over, unused)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"reason": "x"},
        {"until": TODAY},
        {"reason": " ", "until": TODAY},
        {"reason": "\u200b", "until": TODAY},
        {"reason": "x", "until": "soon"},
        3,
    ],
)
def test_an_acceptance_without_reason_or_day_is_refused(entry: object) -> None:
    with pytest.raises(BadAdvisories, match=r"OSV-1.*reason and a day"):
        read_acceptances({"OSV-1": entry})


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    one, two = record(OLD_AND_NEW, "A"), record(OLD_AND_NEW, "B")
    (tmp_path / "one.json").write_text(json.dumps(one))
    (tmp_path / "list.json").write_text(json.dumps([one, two]))
    (tmp_path / "answer.json").write_text(json.dumps({"vulns": [one, two]}))
    (tmp_path / "lines.jsonl").write_text(f"{json.dumps(one)}\n{json.dumps(two)}\n")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("A.json", json.dumps(one))
        archive.writestr("B.json", json.dumps(two))
        archive.writestr("README", "no record")
    read = {path.name: [each["id"] for each in read_advisories(path)] for path in tmp_path.iterdir()}
    both = ["A", "B"]
    assert read == {"one.json": ["A"], "list.json": both, "answer.json": both, "lines.jsonl": both, "all.zip": both}
    assert len(list(read_advisories(tmp_path))) == 9


@pytest.mark.parametrize("content", [b"", b"{", b"[3]", b'{"name": "x"}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_none_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(BadAdvisories, match=r"odd\.json"):
        list(read_advisories(path))


def test_the_catalog_is_checked_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, accept = tmp_path / "osv.json", tmp_path / "accept.toml"
    path.write_text(json.dumps(record([{"introduced": "0"}, {"fixed": "2026.1"}], name="Tornado")))
    assert main(["image", "advisories", str(path), "minimal"]) == 1
    said = capsys.readouterr().out
    assert "OSV-1, CVE-1\n  A bad picture\n  fixed in 2026.1; in minimal/" in said
    assert said.splitlines()[-1] == "1 found, 0 accepted, in 1 locks"
    accept.write_text('OSV-1 = {reason = "no picture comes near it", until = 9999-01-01}')
    assert main(["image", "advisories", str(path), "--json", "--accept", str(accept)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["found"] == []
    assert {place.split("/")[0] for one in report["accepted"] for place in one["in"]} >= {
        "minimal",
        "datascience",
        "ml",
    }
    assert main(["image", "advisories", str(tmp_path / "nowhere.zip")]) == 2
    assert "nowhere.zip" in capsys.readouterr().err


def test_everything_that_is_locked_here_is_checked_by_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    npm = {"package": {"ecosystem": "npm", "name": "@lumino/widgets"}}
    react = {"package": {"ecosystem": "npm", "name": "react"}}
    everything = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1000.0.0"}]}]
    before = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0-beta.2"}]}]
    path = tmp_path / "osv.json"
    path.write_text(
        json.dumps(
            [
                record([{"introduced": "0"}], "PY", "tornado"),
                {"id": "JS", "affected": [npm | {"ranges": everything}]},
                {"id": "OLD", "affected": [react | {"ranges": before}]},
            ]
        )
    )
    assert check_everything([str(path)]) == 1
    said = capsys.readouterr().out
    assert "@lumino/widgets" in said
    assert "labextension/yarn.lock" in said
    assert "requirements.lock, images/" in said, "the development environment's and those of images"
    assert "images/servers/" in said
    assert "OLD" not in said
    assert check_everything([str(tmp_path / "none.zip")]) == 2
