"""The configuration files of pip, npm, yarn and uv: where they are, and the few settings in them that are about the network.

A file that is not there, cannot be read or is no valid file of its kind counts as empty: the tool itself will say so.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Read = Callable[[Path], str]  # raises OSError or UnicodeDecodeError, as `Path.read_text` does

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_YARN_LINE = re.compile(r"""^(\w+):\s*["']?([^"'#\s]+)""", re.MULTILINE)
_GLOBAL_NPM = ("/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")


def text_of(read: Read, path: str | Path) -> str:
    """The file's text, "" when it cannot be read."""
    try:
        return read(Path(path))
    except (OSError, UnicodeDecodeError):
        return ""


def pip_settings(environ: Mapping[str, str], read: Read) -> Mapping[str, str]:
    """`[global]` and `[install]` of every pip.conf that pip would read outside of a virtual environment."""
    home, config = _home(environ), _config_home(environ)
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == "/dev/null":  # documented by pip: no file at all
        return {}
    places: list[str | Path] = [
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
        home / ".pip/pip.conf",
        config / "pip/pip.conf",
    ]
    places += [home / "Library/Application Support/pip/pip.conf"]
    settings: dict[str, str] = {}
    for place in [*places, *([named] if named else [])]:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(text_of(read, place))
        except configparser.Error:
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                settings |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    return settings


def npm_settings(environ: Mapping[str, str], read: Read) -> Mapping[str, str]:
    """The global and the person's npmrc; `${NAME}` stands for a variable."""
    own = {key.lower(): value for key, value in environ.items()}
    globals_ = [own["npm_config_globalconfig"]] if "npm_config_globalconfig" in own else _GLOBAL_NPM
    places: Sequence[str | Path] = [*globals_, own.get("npm_config_userconfig") or _home(environ) / ".npmrc"]
    settings: dict[str, str] = {}
    for place in places:
        for line in text_of(read, place).splitlines():
            key, equals, value = line.partition("=")
            if equals and not key.lstrip().startswith(("#", ";")):
                filled = _VARIABLE.sub(lambda name: environ.get(name[1], ""), value.strip().strip("\"'"))
                settings[key.strip()] = filled
    return settings


def yarn_settings(environ: Mapping[str, str], read: Read) -> Mapping[str, str]:
    """The plain top-level lines of the person's `.yarnrc.yml`."""
    return dict(_YARN_LINE.findall(text_of(read, _home(environ) / ".yarnrc.yml")))


def uv_settings(environ: Mapping[str, str], read: Read) -> Mapping[str, str]:
    """`index-url` and `extra-index-url` of the machine's and the person's uv.toml, the newer `[[index]]` included."""
    places: list[str | Path] = ["/etc/xdg/uv/uv.toml", "/etc/uv/uv.toml", _config_home(environ) / "uv/uv.toml"]
    if named := environ.get("UV_CONFIG_FILE"):
        places = [named]
    settings: dict[str, str] = {}
    for place in places:
        try:
            listed = tomllib.loads(text_of(read, place))
        except tomllib.TOMLDecodeError:
            continue
        settings |= _indexes_of_uv(listed)
    return settings


def _indexes_of_uv(listed: Mapping[str, Any]) -> dict[str, str]:
    pip = listed.get("pip")
    both = dict(listed) | (pip if isinstance(pip, dict) else {})
    indexes = [each for each in listed.get("index", []) if isinstance(each, dict) and "url" in each]
    default = [str(each["url"]) for each in indexes if each.get("default")]
    others = [str(each["url"]) for each in indexes if not each.get("default") and not each.get("explicit")]
    extra = both.get("extra-index-url", [])
    found = {"index-url": str(both.get("index-url", "")), "extra-index-url": " ".join([*others, *map(str, extra)])}
    if default:
        found["index-url"] = default[0]
    return {key: value for key, value in found.items() if value}


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or "/nonexistent")


def _config_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_CONFIG_HOME") or _home(environ) / ".config")
