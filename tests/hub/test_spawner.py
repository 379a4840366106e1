"""The composed spawner: it is the hub's own spawner, with the choice of release and size added."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner, Spawner
from kubespawner import KubeSpawner
from traitlets.config import Config

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.hub.page import SpawnPage
from enablement_ext.hub.spawner import CannotStart, EnablementSpawner, SpawnerWiring, compose

CATALOG = read_catalog(Path(__file__).parents[2] / "images")
SIZES: Mapping[str, Mapping[str, Any]] = {
    "small": {"title": "S", "cpu": 1, "memory": "2G"},
    "large": {"title": "L", "cpu": 4, "memory": "8G"},
}
OTHER = CATALOG.offered()[1]
OPTIONS = {"enablement": {"image": OTHER.image, "release": OTHER.version, "size": "large"}}


def composed(base: type[Spawner], config: Config | None = None, image_reference: str = "") -> Any:
    wiring = SpawnerWiring(
        CATALOG, MemoryEnvironments(), SpawnPage(CATALOG, SIZES), SIZES, image_reference, "http://127.0.0.1:1"
    )
    mocked = {"_mock": True} if issubclass(base, KubeSpawner) else {}  # KubeSpawner's own way to be made without a user
    return compose(base, wiring)(config=config or Config(), **mocked)


def test_it_is_the_hubs_spawner_and_reads_its_settings_by_their_names() -> None:
    c = Config()
    c.SimpleLocalProcessSpawner.home_dir_template = "/srv/{username}"
    c.Spawner.environment = {"TEAM": "yes"}
    spawner = composed(SimpleLocalProcessSpawner, c)
    assert isinstance(spawner, SimpleLocalProcessSpawner)
    assert spawner.home_dir_template == "/srv/{username}"
    assert spawner.environment == {"TEAM": "yes"}


async def test_the_hubs_form_stands_below_ours() -> None:
    c = Config()
    c.Spawner.options_form = "<p>theirs</p>"
    page = await composed(LocalProcessSpawner, c).get_options_form()
    assert page.index("enablement-release") < page.index("<p>theirs</p>")


async def test_the_hubs_form_may_be_a_function() -> None:
    c = Config()
    c.Spawner.options_form = lambda spawner: f"<p>for {spawner.name or 'default'}</p>"
    assert "<p>for default</p>" in await composed(LocalProcessSpawner, c).get_options_form()


async def test_the_hubs_fields_go_through_the_hubs_function() -> None:
    c = Config()
    c.Spawner.options_form = "<input name=queue>"
    c.Spawner.options_from_form = lambda form: {"queue": form["queue"][0]}
    spawner = composed(LocalProcessSpawner, c)
    options = await spawner.run_options_from_form(
        {"queue": ["fast"], "enablement-release": [f"{OTHER.image}/{OTHER.version}"]}
    )
    assert options == {"queue": "fast", "enablement": {"image": OTHER.image, "release": OTHER.version}}


async def test_the_hubs_options_are_applied_by_the_hubs_function() -> None:
    seen: dict[str, Any] = {}
    c = Config()
    c.Spawner.apply_user_options = lambda _, options: seen.update(options)
    spawner = composed(LocalProcessSpawner, c)
    await spawner._run_apply_user_options({"queue": "fast"} | OPTIONS)
    assert seen == {"queue": "fast"}
    assert (spawner.cpu_limit, spawner.mem_limit) == (4.0, 8 * 2**30)


async def test_a_link_may_name_a_release() -> None:
    spawner = composed(LocalProcessSpawner)
    options = await spawner.options_from_query({"enablement-release": [f"{OTHER.image}/{OTHER.version}"]})
    assert options == {"enablement": {"image": OTHER.image, "release": OTHER.version}}


def test_nothing_is_recorded_of_a_server_that_does_not_run() -> None:
    spawner = composed(LocalProcessSpawner)
    assert "enablement" not in spawner.get_state()
    record = {"image": "datascience", "release": "2026.11.0", "digest": "sha256:0", "python": "3.11"}
    spawner.load_state({"pid": 1, "enablement": record})
    assert spawner.get_state()["enablement"] == record
    spawner.clear_state()
    assert "enablement" not in spawner.get_state()


async def test_kubespawner_gets_the_releases_image_and_the_size() -> None:
    spawner = composed(KubeSpawner, image_reference="registry.example.org/enablement/{image}:{release}")
    await spawner._run_apply_user_options(OPTIONS)
    manifest = await spawner.get_pod_manifest()
    (container,) = manifest.spec.containers
    assert container.image == f"registry.example.org/enablement/{OTHER.image}:{OTHER.version}"
    assert int(container.resources.limits["memory"]) == 8 * 2**30
    assert container.resources.limits["cpu"] == 4.0


async def test_kubespawner_without_image_reference_keeps_its_image_and_offers_no_release() -> None:
    c = Config()
    c.KubeSpawner.image = "registry.example.org/theirs:1"
    spawner = composed(KubeSpawner, c)
    await spawner._run_apply_user_options(OPTIONS)
    assert spawner.image == "registry.example.org/theirs:1"
    page = await spawner.get_options_form()
    assert "enablement-release" not in page
    assert "enablement-size" in page


async def test_kubespawners_profiles_stay_and_an_image_of_theirs_is_not_recorded_as_ours() -> None:
    c = Config()
    c.KubeSpawner.profile_list = [
        {"display_name": "GPU", "slug": "gpu", "kubespawner_override": {"image": "registry.example.org/gpu:1"}}
    ]
    spawner = composed(KubeSpawner, c, image_reference="r/{image}:{release}")
    page = await spawner.get_options_form()
    assert "GPU" in page
    assert "enablement-release" in page
    options = await spawner.run_options_from_form({"profile": ["gpu"], "enablement-size": ["large"]})
    assert options["profile"] == "gpu"
    spawner.user_options = options
    await spawner._run_apply_user_options(options)
    await spawner.load_user_options()
    assert spawner.image == "registry.example.org/gpu:1"
    assert spawner._recorded(spawner._choice) is None


async def test_why_an_environment_cannot_be_made_is_told_to_the_person() -> None:
    wiring = SpawnerWiring(
        CATALOG, MemoryEnvironments("2.7"), SpawnPage(CATALOG, SIZES), SIZES, "", "http://127.0.0.1:1"
    )
    spawner = compose(LocalProcessSpawner, wiring)(config=Config())
    with pytest.raises(CannotStart) as refused:
        await spawner.start()
    assert "is for Python" in refused.value.jupyterhub_message


def test_every_composed_class_has_a_name_of_its_own() -> None:
    assert type(composed(LocalProcessSpawner)).__name__ == "EnablementLocalProcessSpawner"
    assert issubclass(type(composed(LocalProcessSpawner)), EnablementSpawner)
