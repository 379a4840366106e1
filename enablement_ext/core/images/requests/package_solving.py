"""What adding a package would do to an image's next release: the question to the solver, and its answer in values. Blocking, stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from enablement_ext.core.errors import BadCatalog, EnablementError
from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.ports import LockRequest
from enablement_ext.core.images.python.locks import digest_of, parse_lock
from enablement_ext.core.images.python.versions import satisfies
from enablement_ext.core.images.release_diff import ReleaseChanges, changes_between
from enablement_ext.core.images.releases import Release, ReleaseClass
from enablement_ext.core.images.requests.package_requests import PackageRequest, Solved, SolverAnswer
from enablement_ext.core.images.requests.ports import PackageSolver
from enablement_ext.core.images.version_policy import bounds

_MOST_DETAIL = 900  # characters of the solver's reason that are kept with a request
_CLASSES = (ReleaseClass.MINOR, ReleaseClass.MAJOR)  # a new package takes a minor release at least


def work_out(catalog: Catalog, request: PackageRequest, solver: PackageSolver, today: date) -> SolverAnswer:
    """The answer, always one. The smallest class of release is tried first; as little as possible moves."""
    image = catalog.image(request.image)
    if image is None:
        return SolverAnswer(Solved.UNKNOWN, "This image is no longer in the catalog.")
    base = image.recommended
    against = f"{base.image}/{base.version}"
    have = base.version_of(request.package, _python(base, request))
    if have is not None and satisfies(have, request.wanted or ">=0"):
        return SolverAnswer(Solved.POSSIBLE, f"{request.package} {have} is in {against} already.", against)
    refused = ""
    try:
        for kind in _CLASSES:
            question = _question(catalog, image, request, kind, today)
            try:
                lock = solver.lock(question)
            except BadCatalog as error:
                refused = error.message[:_MOST_DETAIL]
                continue
            return _possible(base, request, kind, lock, solver)
    except EnablementError as error:
        return SolverAnswer(Solved.UNKNOWN, error.message, against)
    return SolverAnswer(Solved.IMPOSSIBLE, refused, against)


def _question(catalog: Catalog, image: Image, request: PackageRequest, kind: ReleaseClass, today: date) -> LockRequest:
    base = image.recommended
    lines = [f"{name}{wanted}" for name, wanted in image.packages.items()]
    held = bounds(base, image.direct(base) - {request.package}, kind)
    return LockRequest(
        requirements=(*lines, f"{request.package}{request.wanted or '>=0'}"),
        constraints=(*held, *_parents(catalog, image)),
        python=base.python[0],
        cutoff=today,
        preferred=base.lock,
        upgrade=(request.package,),
    )


def _parents(catalog: Catalog, image: Image) -> Iterator[str]:
    """An image that extends another has the same versions of what is in both."""
    parent = catalog.image(image.extends) if image.extends else None
    for package in parent.recommended.packages if parent is not None else ():
        marker = f" ; {package.marker}" if package.marker else ""
        yield f"{package.name}=={package.version}{marker}"


def _possible(
    base: Release, request: PackageRequest, kind: ReleaseClass, lock: str, solver: PackageSolver
) -> SolverAnswer:
    following = replace(
        base, lock=lock, digest=digest_of(parse_lock(lock)), direct=base.direct | {request.package}, version="next"
    )
    python = _python(base, request)
    found = changes_between(base, following, python)
    size = solver.download_bytes(_pins(found), python) if found.changes else 0
    return SolverAnswer(Solved.POSSIBLE, "", f"{base.image}/{base.version}", kind, found.changes, size)


def _pins(found: ReleaseChanges) -> list[str]:
    return [f"{change.name}=={change.new}" for change in found.changes if change.new is not None]


def _python(base: Release, request: PackageRequest) -> str:
    return request.python if request.python in base.python else base.python[0]
