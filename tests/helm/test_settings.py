"""What the chart writes into the service's settings file is what the service has settings for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from traitlets.config import Configurable

from enablement_ext.service.app import ReviewService
from enablement_ext.service.settings.checking import CheckingProcesses
from enablement_ext.service.settings.checks import ArrivalCheckSettings
from enablement_ext.service.settings.decisions import DecisionSettings
from enablement_ext.service.settings.forge import ForgeSettings
from enablement_ext.service.settings.object_store import ObjectStore
from tests.helm.charts import VALUES, copy_of_chart, documents, one, pods, rendered, values_file

pytestmark = pytest.mark.slow

KINDS: dict[str, type[Configurable]] = {
    kind.__name__: kind
    for kind in (ReviewService, ArrivalCheckSettings, CheckingProcesses, DecisionSettings, ObjectStore, ForgeSettings)
}


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without the dependency."""
    return copy_of_chart(tmp_path_factory.mktemp("chart") / "enablement")


@pytest.mark.parametrize("name", VALUES)
def test_every_setting_is_one_and_is_taken(chart: Path, name: str, tmp_path: Path) -> None:
    found = documents(rendered(chart, [values_file(name)]))
    text = one(found, "ConfigMap", "enablement-review")["data"]["review.json"]
    file = tmp_path / "review.json"
    file.write_text(text, encoding="utf-8")
    service = ReviewService()
    service.initialize([f"--config={file}"])
    for section, settings in json.loads(text).items():
        configured = service if section == "ReviewService" else KINDS[section](parent=service)
        for key, value in settings.items():
            assert configured.has_trait(key), f"{section}.{key}"
            assert getattr(configured, key) == value, f"{section}.{key}"


def test_large_numbers_stay_whole_numbers(chart: Path) -> None:
    large = {"review": {"config": {"ReviewService": {"most_bytes": 4294967296}}}}
    found = documents(rendered(chart, [values_file("beside")], extra=large))
    text = one(found, "ConfigMap", "enablement-review")["data"]["review.json"]
    assert json.loads(text)["ReviewService"]["most_bytes"] == 4294967296
    assert "4294967296" in text


@pytest.mark.parametrize("name", VALUES)
def test_files_that_settings_name_are_mounted(chart: Path, name: str) -> None:
    found = documents(rendered(chart, [values_file(name)]))
    text = one(found, "ConfigMap", "enablement-review")["data"]["review.json"]
    spec = pods(found)["enablement-review"]["spec"]
    mounts = {mount["mountPath"]: mount["name"] for mount in spec["containers"][0]["volumeMounts"]}
    volumes = {volume["name"] for volume in spec["volumes"]}
    assert set(mounts.values()) == volumes
    named = [
        value
        for section in json.loads(text).values()
        for value in section.values()
        if isinstance(value, str) and value.startswith("/")
    ]
    assert len(named) >= (2 if name == "small" else 3), "without a bucket there are no keys of one"
    for path in named:
        assert any(path == mount or path.startswith(f"{mount}/") for mount in mounts), path


def test_the_rules_are_a_file_that_the_service_takes_and_a_change_starts_new_pods(chart: Path, tmp_path: Path) -> None:
    values = [values_file("everything")]
    found = documents(rendered(chart, values))
    config = one(found, "ConfigMap", "enablement-review")["data"]
    named = Path(json.loads(config["review.json"])["ArrivalCheckSettings"]["rules_file"])
    (tmp_path / named.name).write_text(config[named.name], encoding="utf-8")
    policy = ArrivalCheckSettings(rules_file=str(tmp_path / named.name)).policy()
    assert policy.may_override("order")
    changed = documents(rendered(chart, values, extra={"review": {"rules": "version = 1\n"}}))
    checksums = [
        pods(each)["enablement-review"]["metadata"]["annotations"]["checksum/config"] for each in (found, changed)
    ]
    assert len(set(checksums)) == 2
