"""The managed configuration in a home whose environments change with every Enablement."""

from __future__ import annotations

from pathlib import Path

import pytest

from enablement_ext.adapters.git.home_setup import HomeSetup
from enablement_ext.adapters.git.runner import GitRunner
from enablement_ext.core.git.ports import WorkingCopyOwner
from enablement_ext.core.git.setup.config_files import GitIdentity

OWNER = WorkingCopyOwner(GitIdentity("dana"), "http://hub/services/enablement/git")


def test_a_new_environment_needs_no_new_set_up_where_the_tool_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    HomeSetup(tmp_path, "/environments/first/bin", GitRunner()).apply(OWNER)
    later = HomeSetup(tmp_path, "/environments/second/bin", GitRunner())
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert not later.is_applied(OWNER), "nothing leads the tool there"
    monkeypatch.setenv("VIRTUAL_ENV", "/environments/second")
    assert later.is_applied(OWNER)
    later.tool.write_text(later.tool.read_text().replace("exec cat", "exec rm"))
    assert not later.is_applied(OWNER), "an edited tool is not the tool"
