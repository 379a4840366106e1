"""Findings for people and for programs: text, JSON, SARIF 2.1.0 (OASIS) and JUnit's XML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from enablement_ext.core.checks.judging import finding_json
from enablement_ext.core.checks.models import FindingKind, JudgedFinding, Level

_SARIF_LEVEL = {Level.BLOCK: "error", Level.WARN: "warning", Level.ALLOW: "note"}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A notebook's path as it was given, and what was found in it."""

    path: str
    findings: Sequence[JudgedFinding]


def as_text(files: Sequence[CheckedFile]) -> str:
    """A line a finding that is shown, with what to do; then the counts."""
    lines = [
        f"{file.path}:{each.file_line}: {each.level}: {each.sentence} {each.kind.remedy} [{each.finding.code}]"
        for file in files
        for each in file.findings
        if each.level is not Level.ALLOW
    ]
    counts = [
        sum(1 for file in files for each in file.findings if each.level is level) for level in (Level.BLOCK, Level.WARN)
    ]
    return "\n".join([*lines, f"{counts[0]} that block, {counts[1]} warnings in {len(files)} notebooks"])


def as_json(files: Sequence[CheckedFile]) -> str:
    """Everything, what is allowed too."""
    return json.dumps(
        [
            {
                "path": file.path,
                "findings": [finding_json(each) | {"file_line": each.file_line} for each in file.findings],
            }
            for file in files
        ],
        indent=2,
        ensure_ascii=False,
    )


def as_sarif(files: Sequence[CheckedFile], kinds: Mapping[str, FindingKind], version: str) -> str:
    """One run; a result points to the line of the file and names the cell by its id."""
    rules = [
        {
            "id": code,
            "shortDescription": {"text": kind.sentence},
            "help": {"text": kind.remedy},
            "defaultConfiguration": {"level": _SARIF_LEVEL[kind.level]},
        }
        for code, kind in sorted(kinds.items())
    ]
    results = [
        _sarif_result(file.path, each) for file in files for each in file.findings if each.level is not Level.ALLOW
    ]
    driver = {"name": "enablement", "version": version, "rules": rules}
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        },
        indent=2,
        ensure_ascii=False,
    )


def as_junit(files: Sequence[CheckedFile], kinds: Mapping[str, FindingKind]) -> str:
    """A suite a notebook, a case a code; what blocks is a failure, a warning stands in the case's output."""
    root = ElementTree.Element("testsuites")
    for file in files:
        blocking = {each.finding.code for each in file.findings if each.level is Level.BLOCK}
        suite = ElementTree.SubElement(
            root, "testsuite", name=file.path, tests=str(len(kinds)), failures=str(len(blocking))
        )
        for code in sorted(kinds):
            case = ElementTree.SubElement(suite, "testcase", classname=file.path, name=code)
            said = [each for each in file.findings if each.finding.code == code and each.level is not Level.ALLOW]
            text = "\n".join(f"{each.sentence} {each.kind.remedy}" for each in said)
            if code in blocking:
                ElementTree.SubElement(case, "failure", message=_plain(said[0].sentence)).text = _plain(text)
            elif said:
                ElementTree.SubElement(case, "system-out").text = _plain(text)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _sarif_result(path: str, each: JudgedFinding) -> dict[str, Any]:
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": each.file_line}}
    }
    if each.finding.cell_id:
        place["logicalLocations"] = [
            {"name": each.finding.cell_id, "kind": "member", "fullyQualifiedName": f"cell {each.finding.cell}"}
        ]
    return {
        "ruleId": each.finding.code,
        "level": _SARIF_LEVEL[each.level],
        "message": {"text": f"{each.sentence} {each.kind.remedy}"},
        "locations": [place],
    }


def _plain(text: str) -> str:
    """Without characters that XML 1.0 cannot hold."""
    return "".join(
        mark
        for mark in text
        if mark in "\t\n\r" or 0x20 <= ord(mark) <= 0xD7FF or 0xE000 <= ord(mark) <= 0xFFFD or ord(mark) > 0xFFFF
    )
