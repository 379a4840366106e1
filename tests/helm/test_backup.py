"""What the chart's CronJob runs, run here: a backup is made, verified, and old ones go."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helm.charts import copy_of_chart, documents, pods, rendered, values_file

pytestmark = pytest.mark.slow


def test_the_backup_job_keeps_as_many_as_it_is_told_and_verifies_each(tmp_path: Path) -> None:
    chart = copy_of_chart(tmp_path / "enablement")
    found = documents(
        rendered(chart, [values_file("beside")], extra={"backup": {"enabled": True, "existingClaim": "b", "keep": 2}})
    )
    arguments = pods(found)["enablement-backup"]["spec"]["containers"][0]["args"]
    backups, state = tmp_path / "backups", tmp_path / "state"
    backups.mkdir()
    state.mkdir()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "ENABLEMENT_STATE": str(state),
        "ENABLEMENT_DATABASE_URL": f"sqlite:///{state}/enablement.sqlite",
    }
    subprocess.run(["enablement", "db", "upgrade"], env=environment, check=True, capture_output=True)
    (state / "artifacts").mkdir(exist_ok=True)
    made = []
    for _ in range(3):
        done = subprocess.run(
            [argument.replace("/backup/", f"{backups}/") for argument in arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "is whole" in done.stdout
        made.append(max(path.name for path in backups.iterdir()))
        time.sleep(1.1)  # named by the second
    assert sorted(path.name for path in backups.iterdir()) == made[1:]
