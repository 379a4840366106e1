"""An image's intent (image.toml): what a person writes. Every mistake in it is found at once, with its line and what to do.

Pure: the caller reads the file. `images/image.schema.json` says the same to editors; a test holds the two equal.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.versions import is_empty, specifiers
from enablement_ext.core.images.releases import SLUG

KEYS = (
    "slug",
    "title",
    "description",
    "python",
    "extends",
    "groups",
    "command",
    "smoke",
    "os",
    "packages",
    "exceptions",
)
OS_KEYS = ("base", "packages")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
BASES = ("debian-bookworm", "debian-trixie")
TITLE, DESCRIPTION = 60, 240
_PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9._, -]+\])?")
_OS_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*=")
_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?")


@dataclass(frozen=True, slots=True)
class DefinitionError:
    """One thing that is wrong, where, and what to do about it."""

    file: str
    line: int
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.do}"


@dataclass(frozen=True, slots=True)
class _Source:
    """An intent under examination: its text for line numbers, its entries, the folder it lies in."""

    file: str
    slug: str
    text: str
    entries: Mapping[str, object]

    def at(self, path: str, what: str, do: str) -> DefinitionError:
        """A mistake at the line of a key such as `os.packages`, at the first line where the key is missing."""
        return DefinitionError(self.file, _line_of(self.text, path), what, do)


def mistakes_in(text: str, file: str, slug: str) -> tuple[DefinitionError, ...]:
    """Everything wrong with one intent. `file` is how it is called in the messages, `slug` the name of its folder."""
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line ([0-9]+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        said = re.sub(r"\s*\(at .*\)", "", str(error))
        return (
            DefinitionError(
                file, line, f"This is not TOML: {said}.", "Compare with an image that works: texts stand in quotes."
            ),
        )
    source = _Source(file, slug, text, entries)
    found_in: Iterable[Callable[[_Source], Iterator[DefinitionError]]] = (
        _keys,
        _names,
        _pythons,
        _relations,
        _system,
        _packages,
    )
    mistakes = (mistake for check in found_in for mistake in check(source))
    return tuple(sorted(mistakes, key=lambda m: (m.line, m.what)))


def mistakes_between(intents: Mapping[str, str]) -> tuple[DefinitionError, ...]:
    """What is wrong between intents (slug -> text) that are fine each for itself: parents that are not there, circles."""
    parents = {slug: tomllib.loads(text).get("extends") for slug, text in intents.items()}
    found = []
    for slug, parent in parents.items():
        if parent is None:
            continue
        source = _Source(f"{slug}/image.toml", slug, intents[slug], {})
        if parent not in parents:
            found.append(
                source.at("extends", f"There is no image {parent!r}.", f"Name one of {', '.join(sorted(parents))}.")
            )
        elif _in_circle(slug, parents):
            found.append(
                source.at("extends", "The image extends itself, by way of others.", "Take one `extends` away.")
            )
    return tuple(found)


def _keys(source: _Source) -> Iterator[DefinitionError]:
    for key in source.entries:
        if key not in KEYS:
            yield source.at(key, f"`{key}` is no key of an intent.", _did_you_mean(key, KEYS))
    system = source.entries.get("os")
    for key in system if isinstance(system, Mapping) else ():
        if key not in OS_KEYS:
            yield source.at(f"os.{key}", f"`{key}` is no key of [os].", _did_you_mean(key, OS_KEYS))
    for key in ("os", "packages", "exceptions"):
        if key in source.entries and not isinstance(source.entries[key], Mapping):
            yield source.at(key, f"`{key}` is a table.", f"Write a line [{key}] and one entry a line below it.")


def _names(source: _Source) -> Iterator[DefinitionError]:
    slug = source.entries.get("slug")
    if slug is None:
        yield source.at("slug", "`slug` is missing.", f'Write slug = "{source.slug}".')
    elif not isinstance(slug, str) or not SLUG.fullmatch(slug):
        yield source.at(
            "slug", f"{slug!r} is no slug.", "Use lower-case letters, digits and dashes, at most 40, a letter first."
        )
    elif slug != source.slug:
        yield source.at(
            "slug",
            f"The slug is {slug!r}, the folder {source.slug!r}.",
            "Give both the same name; a slug never changes.",
        )
    for key, most in (("title", TITLE), ("description", DESCRIPTION)):
        value = source.entries.get(key)
        if value is None or value == "":
            yield source.at(key, f"`{key}` is missing.", "Say in a few words what the image is for.")
        elif not isinstance(value, str):
            yield source.at(key, f"`{key}` is a text.", "Put it in quotes.")
        elif len(value) > most or "\n" in value:
            yield source.at(key, f"`{key}` is longer than a card shows.", f"Use one line of at most {most} letters.")
    if not isinstance(source.entries.get("smoke", ""), str):
        yield source.at("smoke", "`smoke` is a text.", "Write the Python that a smoke notebook runs, in quotes.")


def _pythons(source: _Source) -> Iterator[DefinitionError]:
    value = source.entries.get("python")
    if value is None or value == []:
        yield source.at("python", "`python` is missing.", f'Say for which Python versions: python = ["{PYTHONS[0]}"].')
        return
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        yield source.at(
            "python", "`python` is a list of texts.", f'Write it like python = ["{PYTHONS[0]}"], in quotes.'
        )
        return
    for item in value:
        if re.fullmatch(r"3\.[0-9]+\.[0-9]+", item):
            short = ".".join(item.split(".")[:2])
            yield source.at("python", f"{item} names a patch release of Python.", f'Write "{short}".')
        elif item not in PYTHONS:
            yield source.at("python", f"Python {item} is not one of {', '.join(PYTHONS)}.", "Take it away.")
    if len(set(value)) < len(value):
        yield source.at("python", "A Python version stands twice.", "Name each once.")


def _relations(source: _Source) -> Iterator[DefinitionError]:
    parent = source.entries.get("extends")
    if parent is not None and (not isinstance(parent, str) or not SLUG.fullmatch(parent)):
        yield source.at("extends", "`extends` is the slug of one image.", 'Write it like extends = "minimal".')
    elif parent == source.slug:
        yield source.at("extends", "The image extends itself.", "Take the line away.")
    if not _is_texts(source.entries.get("groups", [])):
        yield source.at("groups", "`groups` is a list of JupyterHub groups.", 'Write it like groups = ["research"].')
    if not _is_texts(source.entries.get("command", [])):
        yield source.at(
            "command", "`command` is a list of texts.", 'Write it like command = ["python", "-m", "module"].'
        )
    exceptions = source.entries.get("exceptions")
    for name, why in exceptions.items() if isinstance(exceptions, Mapping) else ():
        if not isinstance(why, str) or len(why) < 10:
            yield source.at(
                f"exceptions.{name}",
                f"The exception for {name} gives no reason.",
                "Say why its version differs from the other images.",
            )


def _system(source: _Source) -> Iterator[DefinitionError]:
    system = source.entries.get("os")
    if not isinstance(system, Mapping):
        return
    base = system.get("base")
    if base is not None and base not in BASES:
        yield source.at(
            "os.base",
            f"{base!r} is no base.",
            f"Name one of {', '.join(BASES)}; the digest is in the release's record.",
        )
    packages = system.get("packages", [])
    if not _is_texts(packages):
        yield source.at("os.packages", "[os] `packages` is a list of texts.", 'Write it like packages = ["git"].')
        return
    for name in packages:
        if not _OS_PACKAGE.fullmatch(name):
            yield source.at(
                "os.packages",
                f"{name!r} is no name of a Debian package.",
                "Use the name that apt knows, without a version.",
            )


def _packages(source: _Source) -> Iterator[DefinitionError]:
    packages = source.entries.get("packages")
    if packages is None or packages == {}:
        yield source.at(
            "packages", "[packages] is missing.", 'Name at least one package with a range: numpy = ">=2.2,<3".'
        )
        return
    seen: dict[str, str] = {}
    for name, wanted in packages.items() if isinstance(packages, Mapping) else ():
        mistake = _wrong_package(name, wanted)
        if mistake is not None:
            yield source.at(f"packages.{name}", *mistake)
        elif (first := seen.setdefault(canonical_name(name), name)) != name:
            yield source.at(f"packages.{name}", f"{name} and {first} are the same package.", "Keep one of the two.")


def _wrong_package(name: str, wanted: object) -> tuple[str, str] | None:
    if not _PACKAGE.fullmatch(name):
        return (
            f"{name!r} is no name of a package.",
            "Use the name under which pip installs it, and quotes around extras.",
        )
    if not isinstance(wanted, str):
        return f"The range of {name} is a text.", f'Put it in quotes: {name} = ">=2.2,<3".'
    if "://" in wanted or wanted.startswith(("git+", "@")):
        return (
            f"{name} is given by an address.",
            "Only packages of the index have hashes; publish it there and give a range.",
        )
    if wanted.strip() in {"", "*", "latest"}:
        return f"{name} has no range.", f'Say at least from where on: {name} = ">=2.2".'
    return _wrong_range(name, wanted)


def _wrong_range(name: str, wanted: str) -> tuple[str, str] | None:
    try:
        specifiers(wanted)
    except ValueError as error:
        return f"The range of {name} is not one: {error}.", f'Write it like {name} = ">=2.2,<3".'
    if is_empty(wanted):
        return f"No version of {name} can be in {wanted}.", "Let the lower end be below the upper end."
    return None


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _did_you_mean(key: str, known: Iterable[str]) -> str:
    known = tuple(known)
    close = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Take it away; known are {', '.join(known)}."


def _in_circle(slug: str, parents: Mapping[str, object]) -> bool:
    seen: set[object] = set()
    at: object = slug
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(str(at))
    return at is not None


def _line_of(text: str, path: str) -> int:
    """The line of a key or table; the line of its table if the key is not there; 1 if neither is."""
    table, nearest = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        opened = _TABLE.fullmatch(line)
        if opened:
            table = opened[1].strip("\"'")
            if table == path:
                return number
            nearest = number if path.startswith(f"{table}.") else nearest
        elif (key := _KEY.match(line)) and ".".join(filter(None, (table, key[1].strip("\"'")))) == path:
            return number
    return nearest
