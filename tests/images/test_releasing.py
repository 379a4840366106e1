"""Releases are made in classes, promoted, deprecated and withdrawn; every refusal names the package and what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from enablement_ext.adapters.memory.environments import MemoryEnvironmentManager, MemoryOciBuilder, MemorySmokeTester
from enablement_ext.adapters.memory.image_usage import MemoryImageUsage
from enablement_ext.adapters.memory.images import MemoryCatalog, MemorySolver
from enablement_ext.cli.errors import CliError, Exit
from enablement_ext.cli.image.build import build, gc, try_out
from enablement_ext.cli.image.context import ImageContext
from enablement_ext.cli.image.lifecycle import deprecate, promote, usage, withdraw
from enablement_ext.cli.image.lock import lock, new
from enablement_ext.core.images.ports import ServerInUse, SubmissionInUse
from enablement_ext.core.images.releases import ReleaseClass, Status
from enablement_ext.core.images.version_policy import next_version
from tests.images.factories import BASE, INTENT, context, locked, options

JANUARY, JUNE, JULY, SEPTEMBER = date(2026, 1, 31), date(2026, 6, 30), date(2026, 7, 31), date(2026, 9, 30)


def versions(where: ImageContext, release: str) -> dict[str, str]:
    found = where.store.read().find("ds", release)
    assert found is not None
    return {package.name: package.version for package in found.packages}


def edited(where: ImageContext, old: str, new_text: str) -> ImageContext:
    """The same catalog after a person edited the intent."""
    text = where.store.intents()["ds"]
    assert old in text
    catalog = MemoryCatalog({"ds": text.replace(old, new_text)})
    for image in where.store.read().images:
        for release in image.releases:
            catalog.add_release(release)
    return replace(where, store=catalog)


def refused(where: ImageContext, **given: object) -> str:
    with pytest.raises(CliError) as caught:
        lock(where, options(**given))
    assert caught.value.code in {Exit.NO, Exit.USAGE}
    return str(caught.value)


def test_the_first_release_is_a_preview_of_what_the_index_had() -> None:
    where = context()
    locked(where, (JANUARY, "major"))
    release = where.store.read().default
    assert (release.version, release.status, release.release_class) == ("2026.1.0", Status.PREVIEW, ReleaseClass.MAJOR)
    assert versions(where, "2026.1.0") == {"numpy": "2.1.0", "pandas": "2.2.0"}
    assert release.direct == {"numpy", "pandas"}
    assert release.support_end == date(2027, 11, 24)


def test_a_patch_release_moves_only_patch_versions() -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "patch"))
    assert versions(where, "2026.1.1") == {"numpy": "2.1.3", "pandas": "2.2.1"}


def test_a_minor_release_moves_minor_versions_and_opens_a_month() -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    assert versions(where, "2026.9.0") == {"numpy": "2.4.0", "pandas": "2.2.1"}


def test_a_major_release_moves_everything() -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "major"))
    assert versions(where, "2026.9.0") == {"numpy": "3.0.0", "pandas": "3.1.0"}


def test_only_the_named_package_moves() -> None:
    where = context()
    locked(where, (JANUARY, "major"))
    assert lock(where, options(cutoff=SEPTEMBER, release_class="patch", only=["numpy"])) == 0
    assert versions(where, "2026.1.1") == {"numpy": "2.1.3", "pandas": "2.2.0"}
    assert "--only names what is not in" in refused(where, only=["nothing"])


def test_what_the_class_does_not_allow_is_refused_with_the_package() -> None:
    where = context()
    locked(where, (JANUARY, "major"))
    wanted = edited(where, 'numpy = ">=2,<4"', 'numpy = ">=3,<4"')
    said = refused(wanted, cutoff=SEPTEMBER, release_class="minor")
    assert "numpy: the intent asks for >=3,<4, the previous release has 2.1.0; a minor release cannot go there" in said
    more = edited(where, "pandas =", 'polars = ">=1"\npandas =')
    assert "polars is new; that takes a minor release" in refused(more, cutoff=SEPTEMBER, release_class="patch")
    less = edited(where, 'pandas = ">=2,<4"\n', "")
    assert "pandas is no longer asked for; that takes a major release" in refused(less, cutoff=SEPTEMBER)
    fewer = edited(where, '["3.11", "3.12"]', '["3.12"]')
    assert "Python 3.11 goes; that takes a major release" in refused(fewer, cutoff=SEPTEMBER)
    newer = edited(where, '["3.11", "3.12"]', '["3.11", "3.12", "3.13"]')
    assert "Python 3.13 comes; that takes a minor release" in refused(newer, cutoff=SEPTEMBER, release_class="patch")


def test_other_refusals_say_what_to_do() -> None:
    where = context()
    locked(where, (JULY, "major"))
    assert "nothing would move" in refused(where, cutoff=JULY, release_class="patch")
    assert "still to come" in refused(where, cutoff=date(2027, 1, 1))
    assert "there is no image 'other'; there are ds" in refused(where, image="other")
    broken = edited(where, "title", "titel")
    assert "images/ds/image.toml:2: `titel` is no key of an intent. Did you mean `title`?" in refused(broken)
    nowhere = replace(where, solver=MemorySolver({}))
    assert "there is no solution: no version of numpy" in refused(nowhere, release_class="patch")


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    where = context(as_json=True)
    locked(where, (JANUARY, "major"))
    capsys.readouterr()
    assert lock(where, options(cutoff=SEPTEMBER, dry_run=True)) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == 2
    assert len(where.store.read().images[0].releases) == 1


def test_the_parents_versions_are_kept() -> None:
    child = INTENT.replace('"ds"', '"child"\nextends = "ds"').replace(
        'numpy = ">=2,<4"\npandas = ">=2,<4"', 'polars = ">=1"'
    )
    where = context(intents={"ds": INTENT, "child": child})
    assert "has no release yet; lock that one first" in refused(where, image="child", cutoff=SEPTEMBER)
    locked(where, (JANUARY, "major"))
    assert lock(where, options(image="child", cutoff=SEPTEMBER)) == 0
    found = where.store.read().find("child", "2026.9.0")
    assert found is not None
    assert {p.name: p.version for p in found.packages} == {"numpy": "2.1.0", "pandas": "2.2.0", "polars": "1.0.0"}


def test_names_of_releases() -> None:
    where = context()
    assert next_version(None, ReleaseClass.MAJOR, date(2026, 3, 5)) == "2026.3.0"
    locked(where, (date(2026, 9, 2), "major"))
    image = where.store.read().image("ds")
    assert next_version(image, ReleaseClass.PATCH, SEPTEMBER) == "2026.9.1"
    assert next_version(image, ReleaseClass.MINOR, SEPTEMBER) == "2026.10.0"
    assert next_version(image, ReleaseClass.MINOR, date(2026, 12, 1)) == "2026.12.0"


def test_an_intent_to_start_from_is_sound() -> None:
    where = context()
    given = options(slug="vision", extends="ds", title='Seeing "things"', package=["pillow>=10,<13"])
    assert new(where, given) == 0
    assert set(where.sound_intents()) == {"ds", "vision"}
    with pytest.raises(CliError, match="has no range"):
        new(where, options(slug="other", extends="ds", title=None, package=["pillow"]))
    with pytest.raises(CliError, match="is no slug"):
        new(where, options(slug="Other", extends="ds", title=None, package=[]))
    with pytest.raises(CliError, match="to extend; there are ds, vision"):
        new(where, options(slug="other", extends="nothing", title=None, package=[]))


def status(where: ImageContext, release: str) -> Status:
    found = where.store.read().find("ds", release)
    assert found is not None
    return found.status


def test_a_release_is_promoted_after_its_test_and_the_old_one_stays_supported() -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    with pytest.raises(CliError, match="was not tested"):
        promote(where, options(name="ds/2026.1.0"))
    assert try_out(where, options(name="ds/2026.1.0", record=True)) == 0
    assert promote(where, options(name="ds/2026.1.0")) == 0
    assert promote(where, options(name="ds/2026.9.0", untested="a fix for a hole")) == 0
    assert (status(where, "2026.1.0"), status(where, "2026.9.0")) == (Status.SUPPORTED, Status.RECOMMENDED)
    with pytest.raises(CliError, match="recommended already"):
        promote(where, options(name="ds/2026.9.0"))
    with pytest.raises(CliError, match="say which release"):
        promote(where, options(name="ds"))


def test_deprecating_leads_old_choices_on() -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    promote(where, options(name="ds/2026.9.0", untested="first"))
    later = date(2027, 1, 1)
    with pytest.raises(CliError, match="must be an offered release"):
        deprecate(where, options(name="ds/2026.1.0", redirect="2026.2.0", until=later))
    with pytest.raises(CliError, match="has passed"):
        deprecate(where, options(name="ds/2026.1.0", redirect="2026.9.0", until=JANUARY))
    with pytest.raises(CliError, match="promote another release first"):
        deprecate(where, options(name="ds/2026.9.0", redirect="2026.1.0", until=later))
    assert deprecate(where, options(name="ds/2026.1.0", redirect="2026.9.0", until=later)) == 0
    assert where.store.read().resolve("ds", "2026.1.0").version == "2026.9.0"


def test_withdrawing_says_whom_it_touches(capsys: pytest.CaptureFixture[str]) -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    promote(where, options(name="ds/2026.9.0", untested="first"))
    held = [
        ServerInUse("dana", "", "ds", "2026.1.0", running=True),
        ServerInUse("remy", "", "ds", "2026.9.0", running=True),
    ]
    where = replace(where, usage=MemoryImageUsage(held, [SubmissionInUse(12, "Churn", "eve", "ds", "2026.1.0")]))
    capsys.readouterr()
    assert withdraw(where, options(name="ds/2026.1.0", reason="CVE-2026-1", pretend=True)) == 0
    said = capsys.readouterr().out
    assert "people to tell: dana, eve" in said
    assert "#12 of eve: Churn" in said
    assert "remy" not in said
    assert status(where, "2026.1.0") is Status.PREVIEW
    assert withdraw(where, options(name="ds/2026.1.0", reason="CVE-2026-1")) == 0
    assert status(where, "2026.1.0") is Status.WITHDRAWN
    assert usage(where, options(name="ds/2026.9.0")) == 0
    assert "remy" in capsys.readouterr().out
    with pytest.raises(CliError, match="promote another release first"):
        withdraw(where, options(name="ds/2026.9.0", reason="no"))


@pytest.mark.parametrize(
    ("smoke_tester", "size", "words"),
    [
        (MemorySmokeTester(seconds={"2026.9.0": [2.3]}), 2100, ""),
        (MemorySmokeTester(seconds={"2026.9.0": [2.6]}), 2000, "the server takes 2.60 s, 30% more"),
        (
            MemorySmokeTester(seconds={"2026.9.0": [9.0, 8.0, 7.0, 9.0, 2.1]}),
            2000,
            "",
        ),  # a busy machine: more rounds show it
        (MemorySmokeTester(), 2400, "20% more than before"),
        (MemorySmokeTester(problems={"2026.9.0": ("numpy does not work",)}), 2000, "numpy does not work"),
    ],
)
def test_a_release_that_is_slower_or_larger_fails(
    smoke_tester: MemorySmokeTester, size: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    where = replace(where, smoke_tester=smoke_tester, environments=MemoryEnvironmentManager(sizes={"2026.9.0": size}))
    capsys.readouterr()
    assert try_out(where, options(name="ds/2026.9.0", record=True)) == (1 if words else 0)
    assert words in capsys.readouterr().out
    found = where.store.read().find("ds", "2026.9.0")
    assert found is not None
    assert bool(found.measured) is not bool(words)
    assert smoke_tester.measurements <= 18


def test_slower_is_accepted_where_the_record_says_why() -> None:
    where = context()
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    release = where.store.read().find("ds", "2026.9.0")
    assert release is not None
    where.store.replace_record(replace(release, accepted="the new solver is worth it"))
    where = replace(
        where,
        smoke_tester=MemorySmokeTester(seconds={"2026.9.0": [9.0]}),
        environments=MemoryEnvironmentManager(sizes={"2026.9.0": 9000}),
    )
    assert try_out(where, options(name="ds/2026.9.0")) == 0


def test_only_what_the_catalog_does_not_offer_is_collected(capsys: pytest.CaptureFixture[str]) -> None:
    where = context(as_json=True)
    locked(where, (JANUARY, "major"), (SEPTEMBER, "minor"))
    promote(where, options(name="ds/2026.9.0", untested="first"))
    for name in ("ds/2026.1.0", "ds/2026.9.0"):
        assert build(where, options(name=name, oci=False, all_pythons=False)) == 0
    withdraw(where, options(name="ds/2026.1.0", reason="old", unchecked=True))
    capsys.readouterr()
    assert gc(where, options()) == 0
    assert [one["release"] for one in json.loads(capsys.readouterr().out)] == ["2026.1.0"]


def test_a_missing_python_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    where = context()
    locked(where, (JANUARY, "major"))
    capsys.readouterr()
    assert build(where, options(name="ds", oci=False, all_pythons=True)) == 1
    assert "Python 3.12: not on this machine" in capsys.readouterr().out
    with pytest.raises(CliError, match=r"is for Python 3\.11, 3\.12, not 3\.9"):
        build(where, options(name="ds", oci=False, all_pythons=False, python="3.9"))


def test_an_images_digest_is_recorded_once(capsys: pytest.CaptureFixture[str]) -> None:
    where = context()
    locked(where, (JANUARY, "major"))
    given = {"name": "ds", "oci": True, "base": BASE, "tag": "", "record": True}
    with pytest.raises(CliError, match="on which base"):
        build(where, options(**(given | {"base": None})))
    assert build(where, options(**given)) == 0
    release = where.store.read().default
    assert isinstance(where.builder, MemoryOciBuilder)
    assert where.builder.images == {"localhost/enablement/ds:2026.1.0-py3.11": release.oci["3.11"]}
    other = replace(
        release, status=Status.SUPPORTED, oci={"3.11": replace(release.oci["3.11"], digest="sha256:" + "c" * 64)}
    )
    where.store.replace_record(replace(other, status=Status.RECOMMENDED))
    with pytest.raises(CliError, match="nothing was recorded"):
        build(where, options(**given))
