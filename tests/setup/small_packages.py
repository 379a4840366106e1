"""Packages to serve: small ones made on the spot, and installed ones packed again."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import json
import re
import tarfile
import zipfile


def small_wheel(name: str, version: str = "1.0") -> tuple[str, bytes]:
    """File name and bytes of a wheel with one empty module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return f"{name}-{version}-py3-none-any.whl", zipped({path: text.encode() for path, text in files.items()}, info)


def zipped(files: dict[str, bytes], info: str) -> bytes:
    """A wheel of these files, RECORD added."""
    buffer = io.BytesIO()
    lines = [f"{path},{_record_hash(content)},{len(content)}" for path, content in files.items()]
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if ".data/scripts/" in path else 0o100644) << 16
            archive.writestr(entry, content)
        archive.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,", ""]))
    return buffer.getvalue()


def repacked_wheel(name: str) -> tuple[str, bytes]:
    """File name and bytes of the wheel that an installed package came from, near enough to install it again."""
    distribution = importlib.metadata.distribution(name)
    stem = f"{name.replace('-', '_')}-{distribution.version}"
    info, files = f"{stem}.dist-info", {}
    for path in distribution.files or ():
        place = str(path)
        if place.startswith("../../../bin/"):  # a console script is made anew at each installation; a program is not
            place = place.replace("../../../bin/", f"{stem}.data/scripts/") if name == "uv" else ""
        elif path.name in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"} or path.suffix == ".pyc":
            place = ""
        if place:
            files[place] = path.read_binary()
    tag = re.findall(r"^Tag: (.+)$", distribution.read_text("WHEEL") or "", re.MULTILINE)[0]
    return f"{stem}-{tag}.whl", zipped(files, info)


def _record_hash(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def small_tarball(name: str) -> bytes:
    """An npm package at version 1.0.0 with one file."""
    buffer = io.BytesIO()
    files = {"package.json": json.dumps({"name": name, "version": "1.0.0"}), "index.js": "module.exports = 1;\n"}
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size, entry.mode = len(text), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()
