"""Sizes, quotas and gates as settings: a mistake is named with its key and the remedy; quotas are the most generous of one's groups."""

from __future__ import annotations

from typing import Any

import pytest

from enablement_ext.core.errors import Forbidden, TooManyRequests
from enablement_ext.hub.settings import Enablement
from enablement_ext.hub.sizes import (
    BadSetting,
    Quota,
    parse_image_access,
    parse_quotas,
    parse_sizes,
    quota_of,
    require_server_quota,
    select_size,
)

SIZES = parse_sizes(Enablement().sizes)


def test_the_default_sizes_are_explained_in_plain_words() -> None:
    assert [(size.key, size.memory_in_words) for size in SIZES] == [
        ("small", "2 GB"),
        ("medium", "4 GB"),
        ("large", "8 GB"),
    ]
    assert all(size.hint for size in SIZES)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"Big One": {"cpu": 1, "memory": "2G"}}, "lower-case letters"),
        ({"big": 3}, "write {"),
        ({"big": {"cpu": "two", "memory": "2G"}}, "cpu is 'two'; write how many cores"),
        ({"big": {"memory": "2G"}}, "cpu is None"),
        ({"big": {"cpu": True, "memory": "2G"}}, "cpu is True"),
        ({"big": {"cpu": 1, "memory": "2 GB"}}, "memory is '2 GB'; write an amount"),
        ({"big": {"cpu": 1, "memory": "2G", "ram": "2G"}}, "ram is not known"),
        ({"big": {"cpu": 1, "memory": "2G", "node_selector": "big"}}, "are dictionaries"),
        ({"big": {"cpu": 1, "memory": "2G", "cpu_request": -1}}, "cpu_request is -1"),
    ],
)
def test_a_mistake_in_a_size_is_named_with_the_remedy(setting: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_sizes(setting)
    assert str(refused.value).startswith("c.Enablement.sizes[")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("quota", "said"),
    [
        (3, "write {"),
        ({}, "write {"),
        ({"server": 1}, "write {"),
        ({"servers": 0}, "1 or more"),
        ({"servers": True}, "1 or more"),
        ({"largest": "giant"}, "one of the sizes: small, medium, large"),
    ],
)
def test_a_mistake_in_a_quota_is_named_with_the_remedy(quota: Any, said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_quotas({"team": quota}, SIZES)
    assert str(refused.value).startswith("c.Enablement.quotas['team']")
    assert said in str(refused.value)


def test_gates_are_lists_of_groups() -> None:
    assert parse_image_access({"ml": ["gpu"], "ds": []}) == {"ml": ("gpu",), "ds": ()}
    with pytest.raises(BadSetting, match="write a list of groups"):
        parse_image_access({"ml": "gpu"})


QUOTAS = parse_quotas(
    {
        "a": {"servers": 2, "largest": "small"},
        "b": {"servers": 1, "largest": "medium"},
        "c": {"servers": 3},
        "*": {"servers": 1},
    },
    SIZES,
)


@pytest.mark.parametrize(
    ("groups", "quota"),
    [
        (["a"], Quota(2, "small")),
        (["a", "b"], Quota(2, "medium")),
        (["a", "c"], Quota(3, None)),
        ([], Quota(1, None)),
        (["unknown"], Quota(1, None)),
        (["*"], Quota(1, None)),
    ],
)
def test_the_most_generous_quota_counts(groups: list[str], quota: Quota) -> None:
    assert quota_of(QUOTAS, groups, SIZES) == quota


def test_without_quotas_there_is_no_limit() -> None:
    assert quota_of({}, ["a"], SIZES) == Quota()
    require_server_quota(Quota(), ["x"] * 100)


def test_a_size_beyond_the_quota_is_refused_and_not_made_smaller() -> None:
    small = Quota(largest="small")
    assert select_size(SIZES, small, "") == select_size(SIZES, small, "gone") == SIZES[0]
    with pytest.raises(Forbidden, match="up to Small; Large was asked for"):
        select_size(SIZES, small, "large")


def test_no_room_names_what_runs() -> None:
    with pytest.raises(TooManyRequests, match=r"one server at a time, and running now: your default server\. Stop"):
        require_server_quota(Quota(servers=1), [""])
