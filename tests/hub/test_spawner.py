"""The composed spawner: it is the hub's own spawner, with the choice of release and size added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner
from kubespawner import KubeSpawner
from traitlets.config import Config

from enablement_ext.adapters.catalog_folder import read_catalog
from enablement_ext.adapters.memory.environments import MemoryEnvironments
from enablement_ext.adapters.memory.images import MemoryCatalogSource
from enablement_ext.hub.spawner import CannotStart, EnablementSpawner
from tests.hub.catalogs import catalog_of, release_of
from tests.hub.factories import HubSettings, belongs_to, composed

CATALOG = read_catalog(Path(__file__).parents[2] / "images")
OTHER = CATALOG.offered()[1]
OPTIONS = {"enablement": {"image": OTHER.image, "release": OTHER.version, "size": "large"}}
REFERENCE = HubSettings(reference="registry.example.org/enablement/{image}:{release}")


def test_it_is_the_hubs_spawner_and_reads_its_settings_by_their_names() -> None:
    c = Config()
    c.SimpleLocalProcessSpawner.home_dir_template = "/srv/{username}"
    c.Spawner.environment = {"TEAM": "yes"}
    spawner = composed(SimpleLocalProcessSpawner, CATALOG, config=c)
    assert isinstance(spawner, SimpleLocalProcessSpawner)
    assert spawner.home_dir_template == "/srv/{username}"
    assert spawner.environment == {"TEAM": "yes"}


async def test_the_hubs_form_stands_below_ours() -> None:
    c = Config()
    c.Spawner.options_form = "<p>theirs</p>"
    page = await composed(LocalProcessSpawner, CATALOG, config=c).get_options_form()
    assert page.index("enablement-release") < page.index("<p>theirs</p>")


async def test_the_hubs_form_may_be_a_function() -> None:
    c = Config()
    c.Spawner.options_form = lambda spawner: f"<p>for {spawner.name or 'default'}</p>"
    assert "<p>for default</p>" in await composed(LocalProcessSpawner, CATALOG, config=c).get_options_form()


async def test_the_hubs_fields_go_through_the_hubs_function() -> None:
    c = Config()
    c.Spawner.options_form = "<input name=queue>"
    c.Spawner.options_from_form = lambda form: {"queue": form["queue"][0]}
    spawner = composed(LocalProcessSpawner, CATALOG, config=c)
    options = await spawner.run_options_from_form(
        {"queue": ["fast"], "enablement-release": [f"{OTHER.image}/{OTHER.version}"]}
    )
    assert options == {
        "queue": "fast",
        "enablement": {"image": OTHER.image, "release": OTHER.version, "exact": True},
    }


async def test_the_hubs_options_are_applied_by_the_hubs_function() -> None:
    seen: dict[str, Any] = {}
    c = Config()
    c.Spawner.apply_user_options = lambda _, options: seen.update(options)
    spawner = composed(LocalProcessSpawner, CATALOG, config=c)
    await spawner._run_apply_user_options({"queue": "fast"} | OPTIONS)
    assert seen == {"queue": "fast"}
    assert (spawner.cpu_limit, spawner.mem_limit) == (4.0, 8 * 2**30)


@pytest.mark.parametrize(
    "query",
    [
        {"enablement-release": [f"{OTHER.image}/{OTHER.version}"]},
        {"image": [OTHER.image], "release": [OTHER.version]},
        {"opt-image": [OTHER.image], "opt-release": [OTHER.version]},
    ],
)
async def test_a_link_may_name_a_release(query: dict[str, list[str]]) -> None:
    options = await composed(LocalProcessSpawner, CATALOG).options_from_query(query)
    assert options == {"enablement": {"image": OTHER.image, "release": OTHER.version}}


async def test_programs_may_write_image_and_release_plainly() -> None:
    seen: dict[str, Any] = {}
    c = Config()
    c.Spawner.apply_user_options = lambda _, options: seen.update(options)
    spawner = composed(LocalProcessSpawner, CATALOG, config=c)
    await spawner._run_apply_user_options({"image": OTHER.image, "release": OTHER.version, "queue": "fast"})
    assert spawner._choice.release == OTHER
    assert seen == {"queue": "fast"}
    assert spawner.user_options == {"queue": "fast", "enablement": {"image": OTHER.image, "release": OTHER.version}}


async def test_an_image_that_is_no_slug_is_the_hubs_option() -> None:
    seen: dict[str, Any] = {}
    c = Config()
    c.Spawner.apply_user_options = lambda _, options: seen.update(options)
    spawner = composed(LocalProcessSpawner, CATALOG, config=c)
    options = {"image": "registry.example.org/theirs:1", "release": "nightly"}
    await spawner._run_apply_user_options(options)
    assert (seen, spawner._choice.release) == (options, CATALOG.default)


def test_nothing_is_recorded_of_a_server_that_does_not_run() -> None:
    spawner = composed(LocalProcessSpawner, CATALOG)
    assert "enablement" not in spawner.get_state()
    record = {"image": "datascience", "release": "2026.11.0", "digest": "sha256:0", "python": "3.11"}
    spawner.load_state({"pid": 1, "enablement": record})
    assert spawner.get_state()["enablement"] == record
    spawner.clear_state()
    assert "enablement" not in spawner.get_state()


async def test_why_an_environment_cannot_be_made_is_told_to_the_person() -> None:
    spawner = composed(LocalProcessSpawner, CATALOG, HubSettings(environments=MemoryEnvironments("2.7")))
    with pytest.raises(CannotStart) as refused:
        await spawner.start()
    assert "is for Python" in refused.value.jupyterhub_message
    assert refused.value.status_code == 503


def test_every_composed_class_has_a_name_of_its_own() -> None:
    spawner = composed(LocalProcessSpawner, CATALOG)
    assert type(spawner).__name__ == "EnablementLocalProcessSpawner"
    assert isinstance(spawner, EnablementSpawner)


# What was last started, and what is remembered.

TWO = catalog_of(
    release_of("ds", "2026.11.0", {"numpy": "2.4.6", "polars": "1.35.0"}, status="recommended"),
    release_of("ds", "2026.9.0", {"numpy": "1.26.4", "pandas": "3.1.1"}),
    release_of("ds", "2026.8.0", {"numpy": "2.4.5"}, status="deprecated", redirect="2026.11.0"),
)


def last_started(release: str, at: str = "2026-10-01T00:00:00+00:00") -> dict[str, Any]:
    return {"enablement_started": {"ds": {"release": release, "at": at}}}


async def test_the_page_says_what_changed_since_what_was_last_started_in_any_server() -> None:
    spawner = composed(LocalProcessSpawner, TWO)
    belongs_to(
        spawner,
        states={"": last_started("2026.8.0", "2026-08-01T00:00:00+00:00"), "other": last_started("2026.9.0")},
    )
    page = await spawner.get_options_form()
    assert "Since your 2026.9.0: 1 added, 1 removed, 1 major" in page


async def test_what_was_last_started_outlives_the_stop_of_the_server_and_other_options() -> None:
    spawner = composed(LocalProcessSpawner, TWO)
    spawner.load_state(last_started("2026.9.0"))
    spawner.clear_state()
    assert spawner.get_state()["enablement_started"]["ds"]["release"] == "2026.9.0"


@pytest.mark.parametrize("said", [None, 3, [], {"ds": None}, {"ds": {"release": "2026.9.0"}}, {"gone": {}}])
async def test_a_state_that_cannot_be_read_is_no_state(said: object) -> None:
    spawner = composed(LocalProcessSpawner, TWO)
    spawner.load_state({"enablement_started": said})
    assert "Since your" not in await spawner.get_options_form()


async def test_what_was_retired_is_replaced_once_and_then_remembered_as_what_it_became() -> None:
    spawner = composed(LocalProcessSpawner, TWO)
    await spawner._run_apply_user_options({"enablement": {"image": "ds", "release": "2026.8.0", "size": "large"}})
    assert spawner._choice.note == "Ds 2026.8.0 was retired. You get Ds 2026.11.0."
    assert [event["message"] async for event in _first(spawner)] == [spawner._choice.note]
    assert spawner.user_options == {"enablement": {"image": "ds", "release": "2026.11.0", "size": "large"}}


async def test_a_deprecated_release_that_is_kept_starts_for_who_chose_it_on_the_page_and_is_not_remembered_as_exact() -> (
    None
):
    spawner = composed(LocalProcessSpawner, TWO)
    options = await spawner.run_options_from_form({"enablement-release": ["ds/2026.8.0"]})
    await spawner._run_apply_user_options(options)
    assert (spawner._choice.release.version, spawner._choice.note) == ("2026.8.0", "")
    assert "exact" not in spawner.user_options["enablement"]
    page = await spawner.get_options_form()
    assert "Ds 2026.8.0 was retired. You get Ds 2026.11.0." in page
    assert page.count(" checked") == 2


async def test_a_release_withdrawn_between_page_and_start_is_refused_with_the_reason_and_forgotten() -> None:
    source = MemoryCatalogSource(TWO)
    spawner = composed(LocalProcessSpawner, source)
    options = await spawner.run_options_from_form({"enablement-release": ["ds/2026.9.0"]})
    gone = release_of("ds", "2026.9.0", status="withdrawn", reason="numpy was wrong")
    source.becomes(catalog_of(TWO.images[0].releases[0], gone))
    with pytest.raises(CannotStart) as refused:
        await spawner._run_apply_user_options(options)
    assert refused.value.status_code == 422
    assert "was withdrawn: numpy was wrong" in refused.value.jupyterhub_message
    assert spawner.user_options == {}


async def test_a_new_release_is_offered_and_started_without_a_restart() -> None:
    source = MemoryCatalogSource(catalog_of(release_of("ds", "2026.9.0", status="recommended")))
    spawner = composed(LocalProcessSpawner, source)
    assert "2026.11.0" not in await spawner.get_options_form()
    source.becomes(TWO)
    assert 'value="ds/2026.11.0"' in await spawner.get_options_form()
    await spawner._run_apply_user_options({})
    assert spawner._choice.release.version == "2026.11.0"


async def _first(spawner: Any) -> Any:
    async for event in spawner.progress():
        yield event
        return


# Groups and quotas.

GATED = catalog_of(
    release_of("ds", "2026.11.0", status="recommended"),
    release_of("ml", "2026.11.0", status="recommended"),
    groups={"ml": ["gpu"]},
)


async def test_an_image_of_other_groups_is_neither_shown_nor_started() -> None:
    spawner = composed(LocalProcessSpawner, GATED)
    belongs_to(spawner, "authors")
    assert "ml/2026.11.0" not in await spawner.get_options_form()
    with pytest.raises(CannotStart) as refused:
        await spawner._run_apply_user_options({"image": "ml", "release": "2026.11.0"})
    assert refused.value.status_code == 403
    assert "for other groups" in refused.value.jupyterhub_message
    assert spawner.user_options == {}, "what was refused is not asked for again by the next start"
    belongs_to(spawner, "gpu")
    assert "ml/2026.11.0" in await spawner.get_options_form()
    await spawner._run_apply_user_options({"image": "ml", "release": "2026.11.0"})
    assert spawner._choice.release.image == "ml"


async def test_where_nothing_is_open_the_page_says_so_and_nothing_starts() -> None:
    spawner = composed(LocalProcessSpawner, GATED, HubSettings(image_access={"ds": ("staff",)}))
    belongs_to(spawner)
    page = await spawner.get_options_form()
    assert "No image of this hub is open to your groups" in page
    assert "radio" not in page
    with pytest.raises(CannotStart, match="No image"):
        await spawner._run_apply_user_options({})


async def test_a_quota_bounds_size_and_number() -> None:
    settings = HubSettings(quotas={"authors": {"servers": 2, "largest": "small"}, "*": {"servers": 1}})
    spawner = composed(LocalProcessSpawner, GATED, settings)
    belongs_to(spawner, "authors", running=["other"])
    assert 'value="large"' not in await spawner.get_options_form()
    with pytest.raises(CannotStart, match="up to S; L was asked for"):
        await spawner._run_apply_user_options({"enablement": {"size": "large"}})
    await spawner._run_apply_user_options({})
    belongs_to(spawner, "authors", running=["other", ""])
    with pytest.raises(CannotStart) as refused:
        await spawner._run_apply_user_options({})
    assert refused.value.status_code == 429
    said = "You may run 2 servers at a time, and running now: your default server, other. Stop one first."
    assert refused.value.jupyterhub_message == said
    assert said in await spawner.get_options_form()


# Containers.


async def test_kubespawner_gets_the_releases_image_and_the_size() -> None:
    spawner = composed(KubeSpawner, CATALOG, REFERENCE)
    await spawner._run_apply_user_options(OPTIONS)
    manifest = await spawner.get_pod_manifest()
    (container,) = manifest.spec.containers
    assert container.image == f"registry.example.org/enablement/{OTHER.image}:{OTHER.version}"
    assert int(container.resources.limits["memory"]) == 8 * 2**30
    assert container.resources.limits["cpu"] == 4.0


async def test_kubespawner_without_image_reference_keeps_its_image_and_offers_no_release() -> None:
    c = Config()
    c.KubeSpawner.image = "registry.example.org/theirs:1"
    spawner = composed(KubeSpawner, CATALOG, config=c)
    await spawner._run_apply_user_options(OPTIONS)
    await spawner.load_user_options()
    assert spawner.image == "registry.example.org/theirs:1"
    page = await spawner.get_options_form()
    assert "enablement-release" not in page
    assert "enablement-size" in page


async def test_kubespawners_profiles_stay_and_an_image_of_theirs_is_not_recorded_as_ours() -> None:
    c = Config()
    c.KubeSpawner.profile_list = [
        {"display_name": "GPU", "slug": "gpu", "kubespawner_override": {"image": "registry.example.org/gpu:1"}}
    ]
    spawner = composed(KubeSpawner, CATALOG, REFERENCE, c)
    page = await spawner.get_options_form()
    assert "GPU" in page
    assert "enablement-release" in page
    options = await spawner.run_options_from_form({"profile": ["gpu"], "enablement-size": ["large"]})
    assert options["profile"] == "gpu"
    spawner.user_options = options
    await spawner._run_apply_user_options(options)
    await spawner.load_user_options()
    assert spawner.image == "registry.example.org/gpu:1"
    assert spawner._record_of(spawner._choice) is None
