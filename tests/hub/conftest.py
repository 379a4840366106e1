"""The kube client reads KUBECONFIG when it is imported, so it is set before the tests of this folder are."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["KUBECONFIG"] = str(Path(__file__).parent / "kubeconfig.yaml")
