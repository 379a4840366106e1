"""The chart's schema is its documentation: values, comments, schema, defaults and the code say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from enablement_ext import __version__
from enablement_ext.cli.app import main
from enablement_ext.core.images.catalog import SLUG
from enablement_ext.core.images.definition import DESCRIPTION, PYTHONS, TITLE
from enablement_ext.core.images.deploy.hub_values import COMMAND, HubConnection, hub_lines, hub_values
from enablement_ext.core.images.releases import ReleaseClass, Status
from tests.helm.charts import CHART, VALUES, values_file

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
TEXT = (CHART / "values.yaml").read_text(encoding="utf-8")
DEFAULTS: dict[str, Any] = yaml.safe_load(TEXT)
_KEY = re.compile(r"( *)([A-Za-z0-9_-]+):")


def comments() -> dict[str, str]:
    """Path of a key -> the comment above it."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    pending: list[str] = []
    for line in TEXT.splitlines():
        key = _KEY.match(line)
        if line.strip().startswith("#"):
            pending.append(line.strip().removeprefix("#").strip())
            continue
        if key:
            above = [*(each for each in above if each[0] < len(key[1])), (len(key[1]), key[2])]
            found[".".join(name for _, name in above)] = " ".join(pending)
        pending = []
    return found


def described(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every key that the schema names, with its schema."""
    for name, below in schema.get("properties", {}).items():
        where = f"{path}.{name}".removeprefix(".")
        yield where, below
        yield from described(below, where)


def test_every_key_is_in_values_and_schema_with_the_same_words() -> None:
    said = comments()
    named = {path: schema for path, schema in described(SCHEMA) if path != "global"}
    assert {path: schema.get("description") for path, schema in named.items()} == {
        path: said.get(path) for path in named
    }
    assert all(named[path]["description"] for path in named)
    opened = [path for path, schema in named.items() if "properties" in schema and path != "jupyterhub"]
    for path in opened:
        value: Any = DEFAULTS
        for key in path.split("."):
            value = value[key]
        assert set(value) == set(named[path]["properties"]), path
        assert named[path]["additionalProperties"] is False, path


def test_every_key_of_an_image_is_described() -> None:
    image = SCHEMA["properties"]["images"]["additionalProperties"]
    release = image["properties"]["releases"]["additionalProperties"]
    for schema in (image, release):
        assert schema["description"]
        assert schema["additionalProperties"] is False
        assert all(below["description"] for below in schema["properties"].values())


def test_the_schema_knows_what_the_code_knows() -> None:
    image = SCHEMA["properties"]["images"]["additionalProperties"]["properties"]
    release = image["releases"]["additionalProperties"]["properties"]
    assert release["status"]["enum"] == [str(status) for status in Status]
    assert release["class"]["enum"] == [str(kind) for kind in ReleaseClass]
    assert tuple(release["python"]["items"]["enum"]) == PYTHONS
    assert (image["title"]["maxLength"], image["description"]["maxLength"]) == (TITLE, DESCRIPTION)
    assert SCHEMA["properties"]["images"]["propertyNames"]["pattern"] == f"^{SLUG.pattern}$"


@pytest.mark.parametrize("name", VALUES)
def test_the_values_that_come_with_it_are_valid(name: str) -> None:
    Draft7Validator.check_schema(SCHEMA)
    own = yaml.safe_load(values_file(name).read_text(encoding="utf-8"))
    for values in (DEFAULTS, own):
        assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(values)] == []


def test_chart_and_package_have_one_version() -> None:
    about = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert about["appVersion"] == about["version"] == __version__
    assert DEFAULTS["review"]["image"]["tag"] == DEFAULTS["jupyterhub"]["hub"]["image"]["tag"] == __version__


def test_hub_values_as_yaml_json_and_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["helm", "hub-values", "--hub-image", "registry.example.org:5000/team/hub:7"]) == 0
    values = yaml.safe_load(capsys.readouterr().out)
    assert values["hub"].pop("image") == {"name": "registry.example.org:5000/team/hub", "tag": "7"}
    assert values["hub"].pop("command") == list(COMMAND)
    assert values == hub_values(HubConnection())
    assert main(["helm", "hub-values", "--json", "--direct", "--keep-policies"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["hub"]["config"]["Enablement"]["service_url_for_servers"] == "http://enablement-review:8080"
    assert "networkPolicy" not in told["singleuser"]
    origins = ["--decision-url", "https://decide.example.org", "--hub-url", "https://hub.example.org"]
    assert main(["helm", "hub-values", *origins]) == 0
    told = yaml.safe_load(capsys.readouterr().out)["hub"]["config"]["Enablement"]
    assert (told["decision_url"], told["hub_url"]) == ("https://decide.example.org", "https://hub.example.org")
    assert main(["helm", "hub-values", "--config", *origins]) == 0
    assert 'c.Enablement.decision_url = "https://decide.example.org"' in capsys.readouterr().out
    assert main(["helm", "hub-values", *origins[:2]]) == 2
    assert "--hub-url" in capsys.readouterr().err
    assert main(["helm", "hub-values", "--config"]) == 0
    lines = capsys.readouterr().out
    assert lines == hub_lines(HubConnection())
    compile(lines, "jupyterhub_config.py", "exec")
