"""Server sizes and quotas, as the hub's settings say them: read once, refused at start with the key and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from enablement_ext.core.errors import Forbidden, TooManyRequests

EVERYBODY_ELSE = "*"
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")  # also part of container names
_MEMORY = re.compile(r"([0-9]+(?:\.[0-9]+)?)([KMGT])")
_KNOWN = {"title", "hint", "cpu", "memory", "cpu_request", "memory_request", "node_selector", "kubespawner_override"}
_UNITS = {"K": "kB", "M": "MB", "G": "GB", "T": "TB"}


class BadSetting(ValueError):
    """A setting of `c.Enablement` cannot be used. The message names it and says what to write."""


@dataclass(frozen=True, slots=True)
class Size:
    """How big a server is. CPU in cores, memory as "4G"; requests are what a cluster sets aside for it."""

    key: str
    title: str
    hint: str
    cpu: float
    memory: str
    cpu_request: float | None = None
    memory_request: str | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    kubespawner_override: Mapping[str, Any] = field(default_factory=dict)

    @property
    def memory_in_words(self) -> str:
        """ "4 GB"."""
        return _MEMORY.sub(lambda found: f"{found[1]} {_UNITS[found[2]]}", self.memory)


@dataclass(frozen=True, slots=True)
class Quota:
    """What members of a group may have; None: no limit."""

    servers: int | None = None
    largest: str | None = None


def parse_sizes(setting: Mapping[str, Any]) -> tuple[Size, ...]:
    """The sizes in order, the smallest and default first. Raises BadSetting."""
    return tuple(_size(str(key), value) for key, value in setting.items())


def parse_quotas(setting: Mapping[str, Any], sizes: Sequence[Size]) -> dict[str, Quota]:
    """The quotas by group. Raises BadSetting."""
    keys = [size.key for size in sizes]
    found = {}
    for group, value in setting.items():
        where = f"c.Enablement.quotas[{group!r}]"
        if not isinstance(value, Mapping) or not value or value.keys() - {"servers", "largest"}:
            raise BadSetting(f'{where} is {value!r}; write {{"servers": 2, "largest": "medium"}} or one of the two')
        servers, largest = value.get("servers"), value.get("largest")
        if servers is not None and (isinstance(servers, bool) or not isinstance(servers, int) or servers < 1):
            raise BadSetting(f"{where}: servers is {servers!r}; write how many may run at a time, 1 or more")
        if largest is not None and largest not in keys:
            raise BadSetting(
                f"{where}: largest is {largest!r}; write one of the sizes: {', '.join(keys) or 'there are none'}"
            )
        found[str(group)] = Quota(servers, largest)
    return found


def parse_image_access(setting: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Image slug -> groups. Raises BadSetting."""
    for slug, groups in setting.items():
        if isinstance(groups, str) or not all(isinstance(group, str) for group in groups):
            raise BadSetting(f'c.Enablement.image_groups[{slug!r}] is {groups!r}; write a list of groups: ["team"]')
    return {str(slug): tuple(groups) for slug, groups in setting.items()}


def quota_of(quotas: Mapping[str, Quota], groups: Iterable[str], sizes: Sequence[Size]) -> Quota:
    """The most generous of somebody's quotas; without any, the one of everybody else; without that, no limits."""
    mine = [quotas[group] for group in sorted(groups) if group in quotas and group != EVERYBODY_ELSE]
    if not mine:
        return quotas.get(EVERYBODY_ELSE, Quota())
    counts = [quota.servers for quota in mine]
    order = [size.key for size in sizes]
    largest = [quota.largest for quota in mine]
    return Quota(
        servers=None if None in counts else max(count for count in counts if count is not None),
        largest=None if None in largest else max((key for key in largest if key is not None), key=order.index),
    )


def sizes_within(quota: Quota, sizes: Sequence[Size]) -> tuple[Size, ...]:
    """The sizes that the quota allows, in order."""
    keys = [size.key for size in sizes]
    return tuple(sizes) if quota.largest is None else tuple(sizes[: keys.index(quota.largest) + 1])


def select_size(sizes: Sequence[Size], quota: Quota, asked: str) -> Size | None:
    """The size for what was asked; the first one for "" and for what is unknown. Raises Forbidden beyond the quota."""
    within = sizes_within(quota, sizes)
    wanted = next((size for size in sizes if size.key == asked), None)
    if wanted is not None and wanted not in within:
        raise Forbidden(f"Your groups may use servers up to {within[-1].title}; {wanted.title} was asked for.")
    return wanted or next(iter(within), None)


def require_server_quota(quota: Quota, running: Sequence[str]) -> None:
    """Raises TooManyRequests when no further server may run. `running` names the others, "" the default one."""
    if quota.servers is not None and len(running) >= quota.servers:
        named = ", ".join(name or "your default server" for name in sorted(running))
        may = "one server" if quota.servers == 1 else f"{quota.servers} servers"
        raise TooManyRequests(f"You may run {may} at a time, and running now: {named}. Stop one first.")


def _size(key: str, value: Any) -> Size:
    where = f"c.Enablement.sizes[{key!r}]"
    if not _KEY.fullmatch(key):
        raise BadSetting(f"{where}: a size is named with lower-case letters, digits and dashes")
    if not isinstance(value, Mapping):
        raise BadSetting(f'{where} is {value!r}; write {{"title": "Small", "cpu": 1, "memory": "2G"}}')
    unknown = sorted(value.keys() - _KNOWN)
    if unknown:
        raise BadSetting(f"{where}: {', '.join(map(str, unknown))} is not known; there are {', '.join(sorted(_KNOWN))}")
    selector, override = value.get("node_selector", {}), value.get("kubespawner_override", {})
    if not isinstance(selector, Mapping) or not isinstance(override, Mapping):
        raise BadSetting(f"{where}: node_selector and kubespawner_override are dictionaries")
    return Size(
        key=key,
        title=str(value.get("title", key)),
        hint=str(value.get("hint", "")),
        cpu=_cores(where, "cpu", value.get("cpu")),
        memory=_memory(where, "memory", value.get("memory")),
        cpu_request=_cores(where, "cpu_request", value["cpu_request"]) if "cpu_request" in value else None,
        memory_request=_memory(where, "memory_request", value["memory_request"]) if "memory_request" in value else None,
        node_selector=dict(selector),
        kubespawner_override=dict(override),
    )


def _cores(where: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise BadSetting(f"{where}: {name} is {value!r}; write how many cores, such as 2 or 0.5")
    return float(value)


def _memory(where: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not _MEMORY.fullmatch(value):
        raise BadSetting(f'{where}: {name} is {value!r}; write an amount such as "2G" or "512M"')
    return value
