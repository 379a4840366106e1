"""Checks of what is around a notebook: imports, data, release, Git. Where something is not known, nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from enablement_ext.core.checks.models import (
    CheckedCell,
    CheckedNotebook,
    FindingKind,
    Fix,
    Level,
    NotebookSurroundings,
    ReleaseFacts,
    SentFile,
)
from enablement_ext.core.checks.own.git_state import GitStateCheck
from enablement_ext.core.checks.own.imports import ImportCheck
from enablement_ext.core.checks.own.inputs import InputCheck
from enablement_ext.core.checks.own.release import ReleaseCheck, unknown_release
from enablement_ext.core.checks.policy import BadPolicy, read_policy
from enablement_ext.core.checks.ports import NotebookCheck
from enablement_ext.core.checks.registry import INCOMPLETE, OWN, findings_of, kinds_of
from enablement_ext.core.images.drift import Drift, DriftKind, PackageLocation
from enablement_ext.core.images.python.import_names import by_longest_prefix, is_shared, names_of_files, shortest_names
from enablement_ext.core.review.models import GitFacts

RELEASE = ReleaseFacts(
    "ds 1", {"pandas": "2", "scikit-learn": "1", "google-cloud-storage": "3", "python-dateutil": "2"}, "recommended"
)
MODULES = {
    "pandas": frozenset({"pandas"}),
    "sklearn": frozenset({"scikit-learn"}),
    "google.cloud.storage": frozenset({"google-cloud-storage"}),
    "google.cloud.vision": frozenset({"google-cloud-vision"}),
    "cowsay": frozenset({"cowsay"}),
}


def files(*paths: str) -> dict[str, SentFile]:
    return {path: SentFile(path, 3, "f" * 64) for path in paths}


def found(check: NotebookCheck, source: str, **around: Any) -> list[tuple[str, int | None]]:
    cells = (CheckedCell(1, "a", "code", source, execution_count=1),)
    surroundings = NotebookSurroundings(**{"path": "work/a.ipynb", "sent": {}, **around})
    notebook = CheckedNotebook(cells, around=surroundings)
    told = list(check.findings(notebook))
    for each in told:
        kind = check.kinds[each.code]
        assert kind.sentence.format_map(each.facts)
        assert kind.remedy.format_map(each.facts)
    return [(each.code.partition(".")[2], each.line) for each in told]


@pytest.mark.parametrize(
    ("source", "here", "elsewhere"),
    [
        ("import os, pandas as pd, sklearn.svm\nfrom dateutil import parser", [], []),
        ("x = 1\nimport cowsay", [("only-here", 2)], [("not-in-image", 2)]),
        ("import nosuch.thing", [("not-in-image", 1)], [("not-in-image", 1)]),
        ("from google.cloud import storage\nimport google", [], []),
        ("from google.cloud import vision", [("only-here", 1)], [("not-in-image", 1)]),
        ("try:\n    import nosuch\nexcept ImportError:\n    pass", [], []),
        ("try:\n    import nosuch\nexcept KeyError:\n    pass", [("not-in-image", 2)], [("not-in-image", 2)]),
        ("import helpers\nfrom lib.inner import f\nfrom near import g", [("not-sent", 3)], [("not-sent", 3)]),
    ],
)
def test_imports(source: str, here: list[tuple[str, int]], elsewhere: list[tuple[str, int]]) -> None:
    """`here`: where the packages are installed; elsewhere the table of the usual ones and the lock count."""
    sent, near = files("work/helpers.py", "work/lib/inner.py"), files("work/near.py")
    known = {"sent": sent, "near": near, "release": RELEASE}
    assert found(ImportCheck(), source, **known, modules=MODULES) == here
    if "import google" not in source:
        assert found(ImportCheck(), source, **known) == elsewhere
    assert found(ImportCheck(), "import nosuch", sent=None, release=RELEASE) == []
    assert found(ImportCheck(), "import nosuch", release=unknown_release("ds 9")) == []


def test_a_near_file_can_be_added() -> None:
    around = NotebookSurroundings(path="a.ipynb", sent={}, near=files("data.csv", "near.py"))
    notebook = CheckedNotebook((CheckedCell(1, "a", "code", "import near\nopen('data.csv')"),), around=around)
    told = [*ImportCheck().findings(notebook), *InputCheck().findings(notebook)]
    assert [(each.fix, each.facts["file"]) for each in told] == [(Fix.ADD_FILE, "near.py"), (Fix.ADD_FILE, "data.csv")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import pandas as pd\npd.read_csv('data.csv')", [("file", 2)]),
        ("open('../up.csv')", [("file", 1)]),
        ("open('gone.csv')", [("missing", 1)]),
        ("open('near.csv')", [("not-sent", 1)]),
        ("open('new.csv', 'w')\nopen('new.csv')", []),
        ("open('/abs.csv'), open('C:\\\\a.csv'), glob('*.csv')", []),
        ("load('iris')", []),
        ("pd.read_csv('https://u:p@x.org/a.csv?token=1')", [("address", 1)]),
        ("create_engine('postgresql+psycopg://u:pw@db.firm.org/sales?x=1')", [("database", 1)]),
        ("create_engine(os.environ['SALES_DB'])", [("database", 1)]),
    ],
)
def test_data(source: str, expected: list[tuple[str, int]]) -> None:
    assert found(InputCheck(), source, sent=files("work/data.csv", "up.csv"), near=files("work/near.csv")) == expected


def test_no_password_is_in_what_is_told_of_data() -> None:
    source = "a = 'postgresql://u:pw@db.firm.org/sales?password=pw'\npd.read_csv('https://u:pw@x.org/a.csv?token=pw')"
    notebook = CheckedNotebook((CheckedCell(1, "a", "code", source),), around=NotebookSurroundings(sent={}))
    told = list(InputCheck().findings(notebook))
    assert {each.facts.get("address") or each.facts["database"] for each in told} == {
        "postgresql://db.firm.org/sales",
        "https://x.org/a.csv",
    }


def test_the_release_and_what_differs_from_it() -> None:
    drift = [Drift(f"p{at}", DriftKind.ADDED, "1", None, PackageLocation.HOME) for at in range(7)]
    gone = ReleaseFacts("ds 1", {"a": "1"}, "withdrawn", "ds 2", "It is broken.")
    assert found(ReleaseCheck(), "x", release=RELEASE, drift=[]) == []
    assert found(ReleaseCheck(), "x", release=gone, drift=drift) == [("withdrawn", None), ("drift", None)]
    assert found(ReleaseCheck(), "x", release=unknown_release("ds 9")) == [("unknown", None)]
    assert found(ReleaseCheck(), "x", drift=drift) == []


def test_git() -> None:
    dirty = GitFacts("c" * 40, "", "", dirty=True)
    assert found(GitStateCheck(), "x") == []
    assert found(GitStateCheck(), "x", git_known=True) == [("none", None)]
    assert [code for code, _ in found(GitStateCheck(), "x", git_known=True, git=dirty)] == [
        "version",
        "unsaved",
        "only-here",
    ]


def test_names_of_files_are_what_a_package_has_for_itself() -> None:
    names = names_of_files(
        "numpy/__init__.py numpy/core/x.py six.py google/cloud/storage/__init__.py _x.cpython-311.so numpy-1.dist-info/RECORD "
        "../../bin/f2py __pycache__/six.pyc google/api.py a-b/c.py".split()
    )
    assert shortest_names({"all-in-one": names}).keys() == {"numpy", "six", "google.cloud.storage", "_x", "google.api"}
    assert by_longest_prefix("google.cloud.storage.blob", MODULES) == ("google-cloud-storage",)
    assert by_longest_prefix("google.cloud", MODULES) == ()
    assert is_shared("google.cloud", MODULES)


class Broken:
    """A check that fails, as somebody else's may."""

    name = "broken"
    kinds: Mapping[str, FindingKind] = {}

    def findings(self, notebook: CheckedNotebook) -> list[Any]:
        raise KeyError(notebook.cells[0].source)


def test_a_check_that_fails_is_told_and_its_words_are_not() -> None:
    notebook = CheckedNotebook((CheckedCell(1, "a", "code", "secret = 1"),))
    (finding,) = findings_of([Broken()], notebook)
    assert (finding.code, finding.facts) == (INCOMPLETE, {"check": "broken", "why": "KeyError"})


RULES = """
version = 1
[levels]
order = "warn"
[image.ml.levels]
"order.backwards" = "allow"
[track.clinical.levels]
order = "block"
"personal" = "allow"
[track.clinical.outputs]
strip = ["image/*"]
"""


def test_rules_for_an_image_and_for_tracks_of_which_the_stricter_counts() -> None:
    kinds = kinds_of(OWN)
    policy = read_policy(RULES, kinds)

    def levels(image: str, *tracks: str) -> list[str]:
        judged = policy.for_submission(image, tracks, kinds)
        return [
            judged.level(code, kinds[code]).value for code in ("order.backwards", "order.never-run", "personal.emails")
        ]

    assert levels("ds") == ["warn", "warn", "warn"]
    assert levels("ml") == ["allow", "warn", "warn"]
    assert levels("ml", "clinical") == ["block", "block", "warn"]
    assert policy.for_submission("ds", ["clinical"], kinds).outputs.strips("image/png")
    assert policy.for_submission("ds", ["other"], kinds).outputs.is_open
    assert policy.version != read_policy(RULES + "\n", kinds).version
    assert kinds["order.backwards"].level is Level.WARN


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[overrides]\nallowed = ['ordr']", "overrides.allowed: ordr: no check finds this; did you mean order?"),
        ("[overrides]\nallow = ['order']", "overrides: must be a table with the list"),
        ("[outputs]\nkep = true", "outputs.kep: there is no such key"),
        ("[image.ml]\nlevel = 1", "image.ml.level: there is no such key"),
        ("[image]\nml = 1", "image: must be tables"),
        ("[track.t.levels]\norder = 'no'", "track.t.levels.order: 'no' is none of"),
    ],
)
def test_mistakes_in_the_other_parts_of_the_rules(more: str, said: str) -> None:
    with pytest.raises(BadPolicy) as error:
        read_policy(f"version = 1\n{more}", kinds_of(OWN))
    assert said in str(error.value)
