"""The JSON API about images: the catalog, the packages of a release, how two releases compare."""

from __future__ import annotations

import re

from enablement_ext.core.errors import BadRequest, NotFound
from enablement_ext.core.images.catalog import Catalog, Image
from enablement_ext.core.images.compatibility import (
    RecordedImage,
    changes_where_comparable,
    compatibility_of,
    newer_than,
)
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.release_diff import ReleaseChanges, narrowed, summary
from enablement_ext.core.images.releases import DIGEST, SLUG, VERSION, Release
from enablement_ext.service.context import ServiceContext
from enablement_ext.web.auth import Scope, Session
from enablement_ext.web.messages import Request, Response, json_response
from enablement_ext.web.routes import Route
from enablement_ext.web.serializers import Json

_NAMED = re.compile(f"{SLUG.pattern}/{VERSION.pattern}")
_PYTHON = re.compile(r"3\.[0-9]{1,2}")
_PACKAGES = 500


def list_images(context: ServiceContext, request: Request) -> Response:  # noqa: ARG001 - the same for everybody
    catalog = context.images.current()
    return json_response(
        {"default": catalog.default.image, "images": [_image_json(catalog, image) for image in catalog.images]}
    )


def view_release(context: ServiceContext, request: Request) -> Response:
    catalog = context.images.current()
    image, release = _asked(catalog, request)
    python = _python(request, release)
    direct = image.direct(release)
    packages = [
        {"name": package.name, "version": package.version, "direct": package.name in direct}
        for package in release.packages_for(python)
    ]
    newer = newer_than(catalog, release)
    details = {
        **_release_json(catalog, release),
        "python": python,
        "packages": sorted(packages, key=lambda package: (not package["direct"], package["name"])),
        "newer": None if newer is None else _release_json(catalog, newer),
        "changes": None if newer is None else _changes_json(changes_where_comparable(release, newer, python)),
    }
    return json_response(details)


def compare_releases(context: ServiceContext, request: Request) -> Response:
    catalog = context.images.current()
    recorded = _recorded(request)
    current = RecordedImage(request.names["image"], request.names["release"])
    compatibility = compatibility_of(catalog, current, recorded)
    ours = catalog.find(current.slug, current.release)
    changes = None
    if compatibility.recorded is not None and ours is not None:
        changes = changes_where_comparable(compatibility.recorded, ours, request.query.get("python"))
    wanted = _packages(request)
    shown = narrowed(changes, wanted) if changes is not None and wanted is not None else changes
    answer = {
        "relation": compatibility.relation.value,
        "here": None if ours is None else _release_json(catalog, ours),
        "recorded": None if compatibility.recorded is None else _release_json(catalog, compatibility.recorded),
        "instead": None if compatibility.instead is None else _release_json(catalog, compatibility.instead),
        "changes": _changes_json(shown),
        "all_changes": 0 if changes is None else len(changes.changes),
    }
    return json_response(answer)


def routes(context: ServiceContext) -> tuple[Route[ServiceContext], ...]:  # noqa: ARG001
    """Read-only; the catalog is the same for everybody."""
    read, token = Scope.READ, Session.TOKEN
    every, one = "/api/v1/images", "/api/v1/images/{image}/{release}"
    return (
        Route(operation="listImages", method="GET", path=every, scope=read, session=token, work=list_images),
        Route(operation="viewRelease", method="GET", path=one, scope=read, session=token, work=view_release),
        Route(
            operation="compareReleases",
            method="GET",
            path=f"{one}/compared",
            scope=read,
            session=token,
            work=compare_releases,
        ),
    )


def _asked(catalog: Catalog, request: Request) -> tuple[Image, Release]:
    image = catalog.image(request.names["image"])
    release = catalog.find(request.names["image"], request.names["release"])
    if image is None or release is None:
        raise NotFound("There is no such image release.")
    return image, release


def _python(request: Request, release: Release) -> str:
    """The Python that was asked for, where the release has it; else its oldest."""
    wanted = request.query.get("python", "")
    return wanted if wanted in release.python else release.python[0]


def _recorded(request: Request) -> RecordedImage:
    named, digest = request.query.get("with", ""), request.query.get("digest", "")
    if not _NAMED.fullmatch(named):
        raise BadRequest("“with” is an image and a release, such as datascience/2026.11.0.", facts={"field": "with"})
    if digest and not DIGEST.fullmatch(digest):
        raise BadRequest("“digest” is sha256: and 64 hexadecimal digits.", facts={"field": "digest"})
    if not _PYTHON.fullmatch(request.query.get("python") or "3.11"):
        raise BadRequest("“python” is a version such as 3.11.", facts={"field": "python"})
    slug, _, version = named.partition("/")
    return RecordedImage(slug, version, digest)


def _packages(request: Request) -> frozenset[str] | None:
    """The packages to narrow to, None for all."""
    text = request.query.get("packages")
    if text is None:
        return None
    names = [name for name in text.split(",") if name]
    if len(names) > _PACKAGES:
        raise BadRequest(f"At most {_PACKAGES} packages can be named.", facts={"field": "packages"})
    return frozenset(canonical_name(name) for name in names)


def _image_json(catalog: Catalog, image: Image) -> Json:
    return {
        "slug": image.slug,
        "title": image.title,
        "description": image.description,
        "recommended": image.recommended.version,
        "releases": [_release_json(catalog, release) for release in image.releases],
    }


def _release_json(catalog: Catalog, release: Release) -> Json:
    image = catalog.image(release.image)
    return {
        "image": release.image,
        "release": release.version,
        "title": image.title if image else release.image,
        "status": release.status.value,
        "digest": release.digest,
        "published": release.published.isoformat(),
        "support_end": release.support_end.isoformat() if release.support_end else None,
        "redirect": release.redirect,
        "until": release.until.isoformat() if release.until else None,
        "reason": release.reason,
        "pythons": list(release.python),
        "changelog": release.changelog,
    }


def _changes_json(changes: ReleaseChanges | None) -> Json | None:
    if changes is None:
        return None
    return {
        "old": changes.old,
        "new": changes.new,
        "python": changes.python,
        "summary": summary(changes),
        "packages": [
            {
                "name": change.name,
                "old": change.old,
                "new": change.new,
                "kind": change.kind.value,
                "direct": change.direct,
            }
            for change in changes.changes
        ],
    }
