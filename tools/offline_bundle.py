"""Writes a folder with everything that `make up` fetches, for a machine without any network; and says whether such a folder fits a machine.

    python tools/offline_bundle.py FOLDER [IMAGE...]     by `make bundle OFFLINE=FOLDER`; without images: all of the catalog
    python tools/offline_bundle.py --check FOLDER        by `make up OFFLINE=FOLDER`, before anything is installed

The folder: `wheels/` (this environment's lock, Node.js, and the recommended release of each image), `yarn/` (the JavaScript packages of
the lab extension), `proxy-…/` (configurable-http-proxy, installed), `offline.json` (what it was made for). What is there already stays,
so a second run fetches what is new.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DESCRIPTION = "offline.json"


def described() -> dict[str, str]:
    """What a folder of this machine is good for: wheels are for one Python and one kind of machine."""
    lock = (ROOT / "requirements.lock").read_bytes()
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "platform": sysconfig.get_platform(),
        "lock": hashlib.sha256(lock).hexdigest(),
    }


def misfit(folder: Path) -> str:
    """Why the folder cannot be used here, in one line; "" when it can."""
    try:
        theirs = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return f"{folder} is no folder that `make bundle` has finished"
    ours = described()
    for key, words in (("python", "Python"), ("platform", "machines of the kind")):
        if theirs.get(key) != ours[key]:
            return f"{folder} is for {words} {theirs.get(key)}, and this is {ours[key]}"
    if theirs.get("lock") != ours["lock"]:
        return f"{folder} was made by another version of this checkout (requirements.lock differs)"
    return ""


def bundle(folder: Path, images: Sequence[str]) -> None:
    """Fills the folder. Raises SystemExit with one line when something could not be had."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTION).unlink(missing_ok=True)  # unfinished until the end
    _wheels(folder / "wheels", images)
    _proxy(folder)
    _yarn(folder / "yarn")
    (folder / DESCRIPTION).write_text(json.dumps(described(), indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"==> {folder} has all that `make up OFFLINE=…` needs: {size / 1e6:.0f} MB", flush=True)


def _wheels(target: Path, images: Sequence[str]) -> None:
    from enablement_ext.adapters.catalog_folder import read_catalog  # noqa: PLC0415 - --check runs before anything is installed
    from enablement_ext.cli.node import WHEEL  # noqa: PLC0415

    print("==> wheels of requirements.lock and of Node.js", flush=True)
    _download(target, ["--require-hashes", "--requirement", str(ROOT / "requirements.lock")])
    _download(target, [WHEEL])
    catalog = read_catalog(ROOT / "images")
    if unknown := set(images) - {image.slug for image in catalog.images}:
        raise SystemExit(f"make: bundle: there is no image {' '.join(sorted(unknown))}")
    for image in catalog.images:
        release = image.recommended
        if images and image.slug not in images:
            continue
        if described()["python"] not in release.python:
            print(f"==> {release.image} {release.version} is not for this Python; left out", flush=True)
            continue
        print(f"==> wheels of {release.image} {release.version}", flush=True)
        with tempfile.TemporaryDirectory() as scratch:
            lock = Path(scratch, "requirements.lock")
            lock.write_text(release.lock, encoding="utf-8")
            _download(target, ["--require-hashes", "--requirement", str(lock)])


def _download(target: Path, what: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pip", "download", "-vv", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--find-links", str(target), "--dest", str(target), *what]
    target.mkdir(exist_ok=True)
    _fetch("pip", command)


def _proxy(folder: Path) -> None:
    from enablement_ext.cli.errors import CliError  # noqa: PLC0415
    from enablement_ext.cli.node import find_node  # noqa: PLC0415
    from enablement_ext.cli.reverse_proxy import proxy_command  # noqa: PLC0415

    try:
        proxy_command(find_node(), folder, lambda line: print(f"==> {line}", flush=True))
    except CliError as refusal:
        raise SystemExit(f"make: bundle: {refusal}") from refusal
    for left_over in (*folder.glob(".proxy-*"), *folder.glob("*.log")):
        left_over.unlink()


def _yarn(target: Path) -> None:
    from enablement_ext.cli.node import find_node  # noqa: PLC0415

    print("==> JavaScript packages of the lab extension", flush=True)
    path = os.pathsep.join(
        (str(Path(sys.executable).parent), str(find_node().parent), os.environ.get("PATH", os.defpath))
    )
    kept = {"PATH": path, "YARN_ENABLE_GLOBAL_CACHE": "false", "YARN_CACHE_FOLDER": str(target)}
    # In a copy: the checkout's own node_modules are left alone.
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "yarn.lock", ".yarnrc.yml"):
            shutil.copy(ROOT / "labextension" / name, scratch)
        _fetch("jlpm", ["jlpm", "install", "--immutable"], kept, Path(scratch))


def _fetch(tool: str, command: Sequence[str], environ: dict[str, str] | None = None, cwd: Path | None = None) -> None:
    from enablement_ext.cli.fetch import fetched  # noqa: PLC0415

    line = fetched(tool, command, Path(sys.prefix, "stamps", f"{tool}.log"), environ, cwd)
    if line:
        raise SystemExit(f"make: bundle: {line}")


def main() -> int:
    """Exit codes: 0 done or fits, 3 not on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="say whether the folder fits this machine")
    parser.add_argument("folder", type=Path)
    parser.add_argument("images", nargs="*", help="slugs of the catalog (default: all)")
    args = parser.parse_args()
    if not args.check:
        bundle(args.folder.absolute(), args.images)
    elif why := misfit(args.folder):
        print(f"make: {why}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
