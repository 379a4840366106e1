"""The page of what weakens the protection: made from the code, and every option on it is one."""

from __future__ import annotations

import pytest

from tests.servers.up import ROOT
from tools.reference import OPTIONS, weakening_page


def test_settings_and_values_say_it_themselves() -> None:
    page = weakening_page()
    assert "`c.ReviewService.survive`" in page
    assert "`servers.networkPolicy.enabled`" in page


@pytest.mark.parametrize("name", [name for name, _ in OPTIONS])
def test_an_option_on_the_page_is_one_of_the_command(name: str) -> None:
    commands = (ROOT / "docs/reference/commands.md").read_text()
    command, _, options = name.partition(" --")
    help_text = commands.split(f"## `{command}`\n", 1)[1].split("\n## ", 1)[0]
    for option in options.replace("…", "").split(" --"):
        assert f"--{option.strip()}" in help_text


def test_the_policy_leads_to_it() -> None:
    assert "docs/reference/weakening.md" in (ROOT / "SECURITY.md").read_text()
