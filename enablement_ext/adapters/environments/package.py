"""This Enablement as files to be put into an environment or a container image, from a checkout or an installed wheel alike."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

BUNDLE = "enablement-labextension"
COMMAND = "#!{python}\nimport sys\n\nfrom enablement_ext.cli.app import main\n\nsys.exit(main())\n"
# A pinned image is not brought up to date from inside, and a first start asks nobody about newsletters.
LAB_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
LAB_SETTINGS_FILE = Path("share", "jupyter", "lab", "settings", "overrides.json")
_SKIPPED = shutil.ignore_patterns("__pycache__", "labextension", "shipped", "*.pyc")


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """This Enablement, to be put into environments: the folder of enablement_ext, in a checkout or in site-packages."""

    folder: Path
    version: str

    def key(self) -> str:
        """A hash over every file that is put in."""
        found = hashlib.sha256(self.version.encode())
        for path in sorted(_files(self.folder)):
            found.update(str(path.relative_to(self.folder)).encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
        return found.hexdigest()[:16]


def install_modules(package: InstalledPackage, site: Path) -> None:
    """The modules and what `importlib.metadata` reads about them, into a folder that is on the path."""
    shutil.copytree(package.folder, site / package.folder.name, ignore=_SKIPPED)
    info = site / f"enablement-{package.version}.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: enablement\nVersion: {package.version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "INSTALLER").write_text("enablement\n", encoding="utf-8")


def install_extensions(package: InstalledPackage, config: Path, bundle: Path, report: Callable[[str], None]) -> None:
    """The server extension's configuration as the file `config`, the lab extension as the folder `bundle`."""
    lab = package.folder / "lab"
    shutil.copyfile(lab / "jupyter_server_config.json", config)
    if (lab / "labextension" / "package.json").is_file():
        shutil.copytree(lab / "labextension", bundle)
    else:
        report("the lab extension is not built, so servers come up without it: run `make labextension`")
        bundle.mkdir()


def install_package(package: InstalledPackage, site: Path, prefix: Path, report: Callable[[str], None]) -> None:
    """Everything at its place below an environment's prefix."""
    install_modules(package, site)
    config, bundles = (
        prefix / "etc" / "jupyter" / "jupyter_server_config.d",
        prefix / "share" / "jupyter" / "labextensions",
    )
    config.mkdir(parents=True)
    bundles.mkdir(parents=True)
    install_extensions(package, config / "enablement.json", bundles / BUNDLE, report)
    install_lab_settings(prefix / LAB_SETTINGS_FILE)


def install_lab_settings(file: Path) -> None:
    """What JupyterLab is told where a person has set nothing, as the file that it reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(LAB_SETTINGS, indent=2) + "\n", encoding="utf-8")


def install_command(folder: Path, python: str) -> None:
    """The `enablement` command into a folder of programs, for the interpreter at the path `python`: hooks of the chart call it."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "enablement"
    script.write_text(COMMAND.format(python=python), encoding="utf-8")
    script.chmod(0o755)


def _files(package: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name not in {"__pycache__", "shipped"}]
        yield from (Path(folder) / name for name in names if not name.endswith(".pyc"))
