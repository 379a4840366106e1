"""A mistake in the values is answered before anything is installed: which key, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm.charts import NotRendered, copy_of_chart, rendered, values_file

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without the dependency."""
    return copy_of_chart(tmp_path_factory.mktemp("chart") / "enablement")


def at(path: str, value: object) -> dict[str, Any]:
    """Values in which one key is set; a / stands between keys, because versions hold dots."""
    for key in reversed(path.split("/")):
        value = {key: value}
    assert isinstance(value, dict)
    return value


NEWEST = "images/datascience/releases/2026.11.0"
MISTAKES: dict[str, tuple[str, Mapping[str, Any], tuple[str, ...]]] = {
    "no image of the service": ("beside", at("review/image/name", ""), ("review.image.name is empty", "set it to")),
    "neither tag nor digest": ("beside", at("review/image/tag", ""), ("review.image has neither tag nor digest",)),
    "no database": (
        "beside",
        at("database/url", ""),
        ("database.url and database.existingSecret are empty", "set database.url"),
    ),
    "two databases": ("everything", at("database/url", "postgresql://a:b@c/d"), ("both set", "keep one")),
    "SQLite and PostgreSQL": ("beside", at("database/sqlite", True), ("database.sqlite is true", "keep one")),
    "SQLite without a volume": (
        "small",
        at("review/state/size", ""),
        ("lost with its pod", "set review.state.size"),
    ),
    "SQLite for two pods": (
        "small",
        at("review/replicas", 2),
        ("review.replicas is more than 1", "set review.replicas"),
    ),
    "two volumes": ("small", at("review/state/existingClaim", "mine"), ("both set", "keep one")),
    "a size that is none": ("small", at("review/state/size", "large"), ("/review/state/size", "pattern")),
    "no place for bytes": ("beside", at("objectStore/bucket", ""), ("would be lost", "set objectStore.bucket")),
    "half of the keys": ("beside", at("objectStore/secretAccessKey", ""), ("belong together", "set both")),
    "decisions without the hub's address": (
        "beside",
        at("review/decisions/url", "https://decide.example.org"),
        ("hub.publicHost is empty", "set it to"),
    ),
    "decisions at the address of the labs": (
        "everything",
        at("review/decisions/url", "https://hub.example.org"),
        ("the hub's own origin, which every lab page has", "set it to a second host name"),
    ),
    "a forge without a secret": ("beside", at("forge/kind", "gitlab"), ("forge.existingSecret is empty", "set it to")),
    "a backup to nowhere": ("beside", at("backup/enabled", True), ("backup.existingClaim is empty", "set it to")),
    "killed while it drains": (
        "beside",
        at("review/termination/drainSeconds", 55),
        ("review.termination.graceSeconds", "set it to"),
    ),
    "an unknown default image": (
        "everything",
        at("catalog/default", "nope"),
        ('catalog.default is "nope"', "name one of datascience"),
    ),
    "nowhere to pull from": ("everything", at("catalog/reference", ""), ("catalog.reference is empty", "set it to")),
    "a redirect to nowhere": (
        "everything",
        at("images/datascience/releases/2026.9.0/redirect", "2026.12.0"),
        ('images.datascience.releases["2026.9.0"].redirect', "name one of"),
    ),
    "deprecated without a redirect": (
        "everything",
        at("images/datascience/releases/2026.9.0/redirect", ""),
        ("redirect",),
    ),
    "two recommended releases": (
        "everything",
        at("images/datascience/releases/2026.10.0/status", "recommended"),
        ("images.datascience recommends 2 releases", "leave one"),
    ),
    "offered without an image": ("everything", at(f"{NEWEST}/oci", None), ("oci",)),
    "a digest that is none": (
        "everything",
        at(f"{NEWEST}/digest", "latest"),
        ("/images/datascience/releases/2026.11.0/digest", "sha256"),
    ),
    "a Python without quotes": ("everything", at(f"{NEWEST}/python", [3.11]), ("/python/0", "want string")),
    "a status that is none": ("everything", at(f"{NEWEST}/status", "best"), ("/status", "recommended")),
    "a release that is no version": (
        "everything",
        at("images/datascience/releases/newest", {"status": "preview"}),
        ("newest",),
    ),
    "a misspelt key": ("beside", at("review/replica", 3), ("review", "replica")),
    "a text for a number": ("beside", at("review/replicas", "two"), ("/review/replicas", "integer")),
    "a database that is not PostgreSQL": ("beside", at("database/url", "mysql://x"), ("/database/url", "postgresql")),
    "a reference that holds a digest": (
        "everything",
        at("catalog/reference", "r/{image}@sha256:1"),
        ("/catalog/reference",),
    ),
    "no image of the hub": (
        "whole",
        at("jupyterhub/hub/image/name", ""),
        ("jupyterhub.hub.image.name is empty", "set it to"),
    ),
    "a lost volume": (
        "whole+images",
        at("jupyterhub/hub/extraVolumes", []),
        ("jupyterhub.hub.extraVolumes", "enablement helm hub-values"),
    ),
    "a hub that does not call us": (
        "whole",
        at("jupyterhub/hub/extraConfig/zz-enablement", "pass"),
        ("jupyterhub.hub.extraConfig", "enablement helm hub-values"),
    ),
    "a forge that servers are not told": (
        "whole",
        at("forge", {"kind": "github", "existingSecret": "forge"}),
        ("jupyterhub.hub.config.Enablement.forge_base is empty", "set it to"),
    ),
    "TLS at the proxy": (
        "whole",
        at("jupyterhub/proxy/https/enabled", True),
        ("jupyterhub.proxy.https.enabled is true", "set jupyterhub.hub.config.Enablement.service_url_for_servers"),
    ),
    "past the proxy, and not let there": (
        "whole",
        at("jupyterhub/hub/config/Enablement/service_url_for_servers", "http://enablement-review:8080"),
        ("set review.networkPolicy.fromServers to true",),
    ),
    "two base URLs": ("whole", at("jupyterhub/hub/baseUrl", "/team/"), ("hub.baseUrl", "set both to the same")),
    "policies twice": (
        "whole",
        at("jupyterhub/singleuser/networkPolicy/enabled", True),
        ("policies add up", "set one of them"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_key_and_the_remedy(chart: Path, mistake: str) -> None:
    name, extra, phrases = MISTAKES[mistake]
    with_images = name == "whole+images"
    files = [values_file("whole" if with_images else name)]
    sound = {"catalog": {"reference": "r/{image}:{release}"}, "images": _images()} if with_images else {}
    rendered(chart, files, extra=sound)  # without the mistake it is well
    with pytest.raises(NotRendered) as refused:
        rendered(chart, files, extra={**sound, **extra})
    said = str(refused.value)
    for phrase in phrases:
        assert phrase in said


def test_a_catalog_that_no_configmap_takes_is_refused(chart: Path) -> None:
    images = _images()
    release = images["datascience"]["releases"]["2026.11.0"]
    for number in range(40):
        images["datascience"]["releases"][f"2025.1.{number}"] = {
            **release,
            "status": "supported",
            "packages": [f"package-number-{n}==1.{number}.0" for n in range(1500)],
        }
    with pytest.raises(NotRendered) as refused:
        rendered(chart, [values_file("everything")], extra={"images": images})
    assert "a ConfigMap takes 1,000,000: export it again with" in str(refused.value)


def _images() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(values_file("everything").read_text(encoding="utf-8"))["images"]
    return found
