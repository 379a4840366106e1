"""Build hook: what a wheel carries besides the package's own modules.

A wheel gets the built lab extension, the Jupyter server's configuration line, the hub's configuration file, the
image catalog, the demo's notebook, and a bill of materials (PEP 770) of the JavaScript packages that are in the bundle.
An editable install gets none of them: it reads the checkout, so that nothing there goes stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LAB_BUNDLE = "enablement_ext/lab/labextension"
BUNDLED = f"{LAB_BUNDLE}/static/third-party-licenses.json"  # written by JupyterLab's builder
BILL = "build/enablement.cdx.json"
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
        (root / BILL).parent.mkdir(exist_ok=True)
        bill = wheel_bill(self.metadata.version, json.loads((root / BUNDLED).read_text(encoding="utf-8"))["packages"])
        (root / BILL).write_text(json.dumps(bill, indent=2), encoding="utf-8")
        build_data["sbom_files"].append(BILL)
        build_data["shared_data"].update({str(root / source): target for source, target in SHARED.items()})
        build_data["force_include"].update({str(root / source): target for source, target in SHIPPED.items()})


def wheel_bill(version: str, bundled: list[dict[str, str]]) -> dict[str, object]:
    """CycloneDX of what is copied into the wheel. What it needs of PyPI stands in its metadata, and is not in it."""
    root = f"pkg:pypi/enablement@{version}"
    components = [
        _npm_component(package) for package in sorted(bundled, key=lambda one: (one["name"], one["versionInfo"]))
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "library", "bom-ref": root, "name": "enablement", "version": version, "purl": root}
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [each["bom-ref"] for each in components]}],
    }


def _npm_component(package: dict[str, str]) -> dict[str, object]:
    purl = f"pkg:npm/{package['name'].replace('@', '%40')}@{package['versionInfo']}"
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": purl,
        "name": package["name"],
        "version": package["versionInfo"],
        "purl": purl,
    }
    return component | ({"licenses": [{"expression": package["licenseId"]}]} if package.get("licenseId") else {})
