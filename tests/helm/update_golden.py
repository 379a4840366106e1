"""Renders the chart again into tests/helm/golden, to be read as a difference: python -m tests.helm.update_golden"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.helm.charts import VALUES, copy_of_chart, golden


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        chart = copy_of_chart(Path(folder) / "enablement")
        for name in VALUES:
            (Path(__file__).parent / "golden" / f"{name}.yaml").write_text(golden(chart, name), encoding="utf-8")


if __name__ == "__main__":
    main()
