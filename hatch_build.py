"""Build hook: what a wheel carries besides the package's own modules.

A wheel gets the built lab extension, the Jupyter server's configuration line, the hub's configuration file, the
image catalog and the demo's notebook. An editable install gets none of them: it reads the checkout, so that nothing there goes stale.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LAB_BUNDLE = "enablement_ext/lab/labextension"
SHARED = {
    LAB_BUNDLE: "share/jupyter/labextensions/enablement-labextension",
    "enablement_ext/lab/jupyter_server_config.json": "etc/jupyter/jupyter_server_config.d/enablement.json",
}
SHIPPED = {
    "jupyterhub_config.py": "enablement_ext/shipped/jupyterhub_config.py",
    "images": "enablement_ext/shipped/images",
    "demo": "enablement_ext/shipped/demo",
}


class EnablementBuildHook(BuildHookInterface):
    """Adds the files above to a standard wheel; refuses to pack one without the lab extension."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / LAB_BUNDLE / "package.json").is_file():
            raise FileNotFoundError(f"{LAB_BUNDLE} is not built: run `make labextension` first")
        build_data["shared_data"].update({str(root / source): target for source, target in SHARED.items()})
        build_data["force_include"].update({str(root / source): target for source, target in SHIPPED.items()})
