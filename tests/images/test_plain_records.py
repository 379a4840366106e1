"""Records in their plain form are read as TOML reads them, and nothing else is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.core.images.plain_records import read_plain
from enablement_ext.core.images.python.locks import is_locked_for_all
from enablement_ext.core.images.releases import render_record

IMAGES = Path(__file__).parents[2] / "images"
OTHER_FORMS = {
    "an escape": 'reason = "a\\tb"',
    "an escaped quotation mark": 'reason = "a\\"b"',
    "a literal text": "reason = 'a'",
    "a long text": 'reason = """a"""',
    "a comment behind": 'reason = "a" # why',
    "no space": 'reason="a"',
    "a space before": ' reason = "a"',
    "a name in quotation marks": '"reason" = "a"',
    "a dotted name": 'oci.base = "a"',
    "a list with a comma at its end": 'python = ["3.11",]',
    "an empty list": "python = []",
    "a list over two lines": 'python = ["3.11",\n"3.12"]',
    "a time": "published = 2026-11-24T10:00:00",
    "a number with a sign": "bytes = -1",
    "a number with an underscore": "bytes = 1_000",
    "a number with a zero before": "bytes = 01",
    "an exponent": "bytes = 1e3",
    "a truth": "bytes = true",
    "a day that is none": "published = 2026-02-30",
    "the same name twice": 'reason = "a"\nreason = "b"',
    "the same table twice": '[oci."3.11"]\n[oci."3.11"]',
    "a table under a value": 'oci = "a"\n[oci."3.11"]',
    "a table under a table's value": '[oci."3.11"]\nbytes = 1\n[oci]\n',
    "a table without a Python": "[oci]\nbytes = 1",
    "a carriage return": 'reason = "a"\r\n',
    "a control character": 'reason = "a\x01"',
    "a control character in a comment": "# \x01",
    "no value": "reason =",
    "words": "what is this",
}
RECORDS = sorted(IMAGES.rglob("release.toml"))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parts[-4]}-{path.parts[-2]}")
def test_every_record_of_this_project_is_plain(path: Path) -> None:
    text = path.read_text()
    assert read_plain(text) == tomllib.loads(text)


def test_what_is_written_is_plain() -> None:
    for image in read_catalog(IMAGES).images:
        for release in image.releases:
            text = render_record(release)
            assert read_plain(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_another_form_is_left_to_the_parser(text: str) -> None:
    assert read_plain(f'status = "supported"\n{text}\n') is None


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n", 'a = ""\n[oci."3.11"]\n', "a = 0\nb = 0.5\nc = 12"])
def test_small_ones(text: str) -> None:
    assert read_plain(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    ("lock", "sure"),
    [
        ("numpy==1 \\\n    --hash=x\n", True),
        ("a==1 \\\n    --hash=x\nnumpy==1 \\\n    --hash=x\n", True),
        ("numpy==1 ; python_version < '3.12' \\\n    --hash=x\n", False),
        ("numpy-financial==1 \\\n    --hash=x\n", False),
        ("my-numpy==1 \\\n    --hash=x\n", False),
        ("NumPy==1 \\\n    --hash=x\n", False),
        ("", False),
    ],
)
def test_a_line_that_holds_for_every_python_is_seen_without_reading_the_lock(lock: str, sure: bool) -> None:
    assert is_locked_for_all(lock, "numpy") is sure
