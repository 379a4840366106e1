"""On a cluster: the catalog as KubeSpawner's profiles, validated and applied by the real class, up to the pod's manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from kubespawner import KubeSpawner
from traitlets.config import Config

from enablement_ext.adapters.memory.images import MemoryCatalogSource
from enablement_ext.core.images.deploy.chart_catalog import document, parse_deployed
from enablement_ext.core.images.deploy.exports import References, pre_pull, profile_list
from enablement_ext.core.images.releases import OciBuild
from enablement_ext.hub.spawner import CannotStart
from tests.hub.catalogs import catalog_of, release_of
from tests.hub.factories import NOW, HubSettings, belongs_to, composed, scopes_of, with_token

DIGESTS = {"3.11": "sha256:" + "1" * 64, "3.12": "sha256:" + "2" * 64}
BUILDS = {python: OciBuild(digest, "sha256:" + "f" * 64, 1) for python, digest in DIGESTS.items()}
PATTERN = "registry.example.org/enablement/{image}:{release}-py{python}"
SETTINGS = HubSettings(reference=PATTERN)
CATALOG = catalog_of(
    replace(release_of("ds", "2026.11.0", status="recommended"), oci=BUILDS),
    release_of("ds", "2026.9.0"),
    release_of("ds", "2026.8.0", status="deprecated", redirect="2026.11.0", until=date(2027, 1, 31)),
    release_of("ds", "2026.7.0", status="withdrawn", reason="numpy was wrong"),
    release_of("ml", "2026.11.0", status="recommended"),
    groups={"ml": ["gpu"]},
)


async def pod(options: Mapping[str, Any], spawner: Any = None) -> Any:
    """The manifest of the pod that KubeSpawner would make for these options, as the hub does it."""
    spawner = spawner or composed(KubeSpawner, CATALOG, SETTINGS)
    spawner.user_options = dict(options)
    await spawner._run_apply_user_options(spawner.user_options)
    await spawner.load_user_options()
    return await spawner.get_pod_manifest()


async def test_a_pod_runs_the_image_by_digest_with_the_sizes_limits_requests_and_nodes() -> None:
    manifest = await pod({"image": "ds", "release": "2026.11.0", "size": "large"})
    (container,) = manifest.spec.containers
    assert container.image == f"registry.example.org/enablement/ds:2026.11.0-py3.11@{DIGESTS['3.11']}"
    assert {key: str(value) for key, value in container.resources.limits.items()} == {
        "cpu": "4.0",
        "memory": str(8 * 2**30),
    }
    assert {key: str(value) for key, value in container.resources.requests.items()} == {
        "cpu": "0.5",
        "memory": str(2**30),
    }
    assert manifest.spec.node_selector == {"pool": "big"}
    environment = {entry.name: entry.value for entry in container.env}
    assert (environment["ENABLEMENT_IMAGE"], environment["ENABLEMENT_RELEASE"]) == ("ds", "2026.11.0")


async def test_a_pod_gets_no_service_account_token() -> None:
    manifest = await pod({})
    assert manifest.spec.automount_service_account_token is False
    assert manifest.spec.service_account_name is None


async def test_another_python_of_the_release_is_another_image() -> None:
    manifest = await pod({"enablement": {"image": "ds", "release": "2026.11.0", "python": "3.12"}})
    assert manifest.spec.containers[0].image.endswith(f":2026.11.0-py3.12@{DIGESTS['3.12']}")
    spawner = composed(KubeSpawner, CATALOG, SETTINGS)
    assert 'value="ds/2026.11.0/3.12"' in await spawner.get_options_form()


async def test_a_server_for_reading_has_a_label_for_network_policies_and_a_token_without_sending_and_reviewing() -> (
    None
):
    spawner = composed(KubeSpawner, CATALOG, SETTINGS)
    held = {"users:activity!user", "access:servers!server=dana/x"}
    ours = {f"custom:enablement:{name}" for name in ("submit", "read", "review")}
    with_token(spawner, *held, *ours, "read:users!user")
    manifest = await pod({"image": "ds", "release": "2026.11.0", "purpose": "reading"}, spawner)
    assert manifest.metadata.labels["enablement.io/purpose"] == "reading"
    assert scopes_of(spawner) == held
    environment = {entry.name: entry.value for entry in manifest.spec.containers[0].env}
    assert environment["ENABLEMENT_PURPOSE"] == "reading"


async def test_a_server_for_work_keeps_its_token_and_has_no_such_label() -> None:
    spawner = with_token(composed(KubeSpawner, CATALOG, SETTINGS), "custom:enablement:review")
    assert "enablement.io/purpose" not in (await pod({}, spawner)).metadata.labels
    assert scopes_of(spawner) == {"custom:enablement:review"}


async def test_a_server_for_reading_whose_token_holds_all_of_its_owner_is_narrowed_too() -> None:
    spawner = with_token(composed(KubeSpawner, CATALOG, SETTINGS), "inherit")
    await pod({"enablement": {"purpose": "reading"}}, spawner)
    assert scopes_of(spawner) == set()


async def test_a_server_for_reading_whose_token_cannot_be_narrowed_does_not_start() -> None:
    spawner = with_token(composed(KubeSpawner, CATALOG, SETTINGS), "custom:enablement:review")
    spawner.api_token = "another"
    with pytest.raises(CannotStart, match="cannot be narrowed"):
        await pod({"enablement": {"purpose": "reading"}}, spawner)


@pytest.mark.parametrize(
    ("options", "release"),
    [
        ({}, "2026.11.0"),
        ({"profile": "ds", "release": "v2026-9-0-py311"}, "2026.9.0"),
        ({"profile": "ds", "release": "v2026-9-0"}, "2026.9.0"),
        ({"profile": "ds"}, "2026.11.0"),
        ({"profile": "ds", "release": "v2026-8-0-py311"}, "2026.11.0"),
        ({"profile": "ds", "release": "v2026-7-0-py311"}, "2026.11.0"),
        ({"profile": "ds", "release": "v1999-1-0"}, "2026.11.0"),
        ({"profile": "ds", "release": "<script>", "size": "giant"}, "2026.11.0"),
        ({"profile": "gone", "release": "v2026-9-0-py311"}, "2026.11.0"),
        ({"image": "ds", "release": "2026.8.0"}, "2026.11.0"),
        ({"enablement": {"image": "ds", "release": "2026.8.0", "exact": True}}, "2026.8.0"),
    ],
)
async def test_old_and_unknown_choices_are_resolved_before_kubespawner_validates(
    options: dict[str, Any], release: str
) -> None:
    manifest = await pod(options)
    assert manifest.spec.containers[0].image.split(":")[1].startswith(f"{release}-py")


async def test_kubespawner_gives_back_the_options_as_they_are_remembered() -> None:
    spawner = composed(KubeSpawner, CATALOG, SETTINGS)
    await pod({"profile": "ds", "release": "v2026-8-0-py311", "size": "large"}, spawner)
    kept = {"image": "ds", "release": "2026.11.0", "python": "3.11", "size": "large"}
    assert spawner.user_options == {"enablement": kept}


async def test_an_image_of_other_groups_is_no_profile_of_theirs() -> None:
    spawner = composed(KubeSpawner, CATALOG, SETTINGS)
    belongs_to(spawner, "authors")
    with pytest.raises(CannotStart) as refused:
        await spawner._run_apply_user_options({"profile": "ml"})
    assert refused.value.status_code == 403
    await spawner._run_apply_user_options({})
    assert [profile["slug"] for profile in spawner.catalog_profiles()] == ["ds"]
    belongs_to(spawner, "gpu")
    assert [profile["slug"] for profile in spawner.catalog_profiles()] == ["ds", "ml"]


async def test_option_keys_are_allowed_in_names_of_containers() -> None:
    spawner = composed(KubeSpawner, CATALOG, SETTINGS)
    await spawner._run_apply_user_options({})
    for profile in spawner._get_initialized_profile_list(spawner.catalog_profiles()):
        options = profile["profile_options"]
        for key in [profile["slug"], *options["release"]["choices"], *options["size"]["choices"]]:
            assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", key), key
        for choices in (option["choices"].values() for option in options.values()):
            assert sum(bool(choice["default"]) for choice in choices) == 1


async def test_the_hubs_profiles_and_the_exported_ones_say_the_same_of_a_release() -> None:
    """One list for both: what a release sets, its label and its Pythons. The hub's also holds what policy would start, and sizes."""
    spawner = belongs_to(composed(KubeSpawner, CATALOG, SETTINGS), "gpu")
    await spawner._run_apply_user_options({})
    exported = profile_list(CATALOG, References(PATTERN))
    ours = spawner.catalog_profiles()
    assert [profile["slug"] for profile in ours] == [profile["slug"] for profile in exported]
    for mine, theirs in zip(ours, exported, strict=True):
        assert {key: mine[key] for key in ("display_name", "description", "default")} == {
            key: theirs[key] for key in ("display_name", "description", "default")
        }
        choices = theirs["profile_options"]["release"]["choices"]
        assert choices.items() <= mine["profile_options"]["release"]["choices"].items()
    ds = exported[0]["profile_options"]["release"]["choices"]
    assert list(ds) == ["v2026-11-0-py311", "v2026-11-0-py312", "v2026-9-0-py311"]
    assert [choice["display_name"] for choice in ds.values()] == [
        "2026.11.0, Python 3.11 (recommended)",
        "2026.11.0, Python 3.12 (recommended)",
        "2026.9.0, Python 3.11",
    ]
    assert ds["v2026-9-0-py311"]["kubespawner_override"]["environment"] == {
        "ENABLEMENT_IMAGE": "ds",
        "ENABLEMENT_RELEASE": "2026.9.0",
    }


@pytest.mark.parametrize(
    ("until", "startable"), [(NOW.date(), True), (NOW.date() - timedelta(days=1), False), (None, True)]
)
async def test_a_retired_release_is_a_profile_for_as_long_as_policy_starts_it(
    until: date | None, startable: bool
) -> None:
    old = release_of("ds", "2026.8.0", status="deprecated", redirect="2026.11.0", until=until)
    catalog = catalog_of(release_of("ds", "2026.11.0", status="recommended"), old)
    spawner = composed(KubeSpawner, catalog, SETTINGS)
    await spawner._run_apply_user_options({})
    (profile,) = spawner.catalog_profiles()
    assert ("v2026-8-0-py311" in profile["profile_options"]["release"]["choices"]) is startable
    (exported,) = profile_list(catalog, References(PATTERN))
    assert "v2026-8-0-py311" not in exported["profile_options"]["release"]["choices"]


async def test_what_is_pre_pulled_is_what_starts() -> None:
    started = set()
    for image in CATALOG.images:
        spawner = belongs_to(composed(KubeSpawner, CATALOG, SETTINGS), "gpu")
        manifest = await pod({"image": image.slug, "release": image.recommended.version}, spawner)
        started.add(manifest.spec.containers[0].image)
    assert started == set(pre_pull(CATALOG, References(PATTERN)).values())


async def test_the_page_is_ours_alone_and_the_same_as_with_local_processes() -> None:
    page = await composed(KubeSpawner, CATALOG, SETTINGS).get_options_form()
    assert "kubespawner-profiles-list" not in page
    assert '<article class="card-choice" data-image="ds">' in page
    assert "not held to it" not in page


async def test_a_form_of_the_hubs_stands_below() -> None:
    c = Config()
    c.KubeSpawner.options_form = "<p>theirs</p>"
    page = await composed(KubeSpawner, CATALOG, SETTINGS, c).get_options_form()
    assert page.index("enablement-release") < page.index("<p>theirs</p>")


async def test_a_size_may_set_whatever_kubespawner_knows() -> None:
    override = {
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
        "extra_resource_limits": {"example.org/gpu": "1"},
    }
    sizes = {"gpu": {"title": "GPU", "cpu": 4, "memory": "16G", "kubespawner_override": override}}
    spawner = composed(KubeSpawner, CATALOG, HubSettings(reference=PATTERN, sizes=sizes))
    manifest = await pod({"enablement": {"size": "gpu"}}, spawner)
    (toleration,) = manifest.spec.tolerations
    assert (toleration.key, toleration.operator) == ("gpu", "Exists")
    assert manifest.spec.containers[0].resources.limits["example.org/gpu"] == "1"


RELEASES: Mapping[str, Mapping[str, Any]] = {
    "2026.11.0": {
        "status": "recommended",
        "published": "2026-11-01",
        "python": ["3.11"],
        "digest": "sha256:" + "5" * 64,
        "packages": ["numpy==2.4.6"],
        "oci": {"3.11": {"digest": DIGESTS["3.11"], "base": "sha256:" + "f" * 64, "bytes": 1}},
    }
}


async def test_a_catalog_that_the_chart_deployed_says_itself_where_images_are() -> None:
    about = {"packages": {"numpy": ">=2"}, "releases": RELEASES}
    images = {"ds": {"title": "Ds", **about}, "ml": {"title": "Ml", "groups": ["gpu"], **about}}
    deployed = parse_deployed(document({"catalog": {"default": "ds", "reference": PATTERN}, "images": images}))
    spawner = belongs_to(composed(KubeSpawner, deployed, HubSettings()), "authors")
    page = await spawner.get_options_form()
    assert "What is inside: 1 package<" in page
    assert "ml/2026.11.0" not in page
    manifest = await pod({}, spawner)
    assert manifest.spec.containers[0].image == f"registry.example.org/enablement/ds:2026.11.0-py3.11@{DIGESTS['3.11']}"


async def test_a_new_digest_in_the_catalog_is_what_the_next_pod_runs() -> None:
    source = MemoryCatalogSource(CATALOG)
    first = await pod({}, composed(KubeSpawner, source, SETTINGS))
    build = {"3.11": OciBuild("sha256:" + "3" * 64, "sha256:" + "f" * 64, 1)}
    source.becomes(
        catalog_of(
            replace(release_of("ds", "2026.12.0", status="recommended"), oci=build), release_of("ds", "2026.9.0")
        )
    )
    second = await pod({}, composed(KubeSpawner, source, SETTINGS))
    images = [manifest.spec.containers[0].image for manifest in (first, second)]
    assert images[0].endswith(DIGESTS["3.11"])
    assert images[1].endswith(f"2026.12.0-py3.11@{build['3.11'].digest}")
