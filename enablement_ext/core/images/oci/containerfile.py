"""The Containerfile of a release, rendered from the catalog. Pure: the same release and base give the same text.

The build context holds one folder per layer (`layers/NN-name/`), laid out as it lies in the image.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from enablement_ext.core.images.oci.layers import Layer
from enablement_ext.core.images.releases import Release

HOME = "/opt/enablement"
SERVER = ("jupyterhub-singleuser", "--ip=0.0.0.0")
USER, UID = "jovyan", 1000


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """What is built: a release for one Python, its layers, what must be in the base. `removals`: layer name -> paths to remove first."""

    release: Release
    python: str
    layers: Sequence[Layer]
    os_packages: Sequence[str]
    removals: dict[str, tuple[str, ...]]
    command: Sequence[str] = SERVER


def folder_of(number: int, layer: Layer) -> str:
    """Where a layer's files lie in the build context."""
    return f"layers/{number:02d}-{layer.name}"


def render(plan: ImagePlan) -> str:
    """The Containerfile. The base comes as the build argument BASE, pinned by its digest."""
    release = plan.release
    lines = [
        f"# {release.image} {release.version} for Python {plan.python}. Rendered by `enablement image build --oci`; do not edit.",
        "ARG BASE",
        "FROM ${BASE}",
        "",
        "# What the base must bring. Nothing is installed here: a package archive moves, a base pinned by digest does not.",
        f"RUN {_required(plan)}",
        "",
        "# Not root. Written out: useradd would put the day of the build into /etc/shadow.",
        f"RUN {_account()}",
        "",
        "# Lowest what changes least. A patch release adds a layer and leaves those below it as they are.",
        f"COPY skeleton/ {HOME}/",
    ]
    for number, layer in enumerate(plan.layers):
        removed = plan.removals.get(layer.name, ())
        if removed:
            lines.append(f"COPY removals/{number:02d}.txt /tmp/removals.txt")
            lines.append(f"RUN cd {HOME} && xargs -d '\\n' rm -rf -- < /tmp/removals.txt && rm /tmp/removals.txt")
        lines.append(f"COPY {folder_of(number, layer)}/ {HOME}/")
    lines += [
        "# This Enablement: the server's and the lab's extension. Last, because it changes with every release of its own.",
        f"COPY enablement/ {HOME}/",
        "",
        f"ENV PATH={HOME}/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME=/home/{USER} SHELL=/bin/sh PYTHONDONTWRITEBYTECODE=1 \\",
        f"    ENABLEMENT_IMAGE={release.image} ENABLEMENT_RELEASE={release.version}",
        f'LABEL org.opencontainers.image.title="{release.image}" org.opencontainers.image.version="{release.version}" \\',
        f'      io.enablement.lock="{release.digest}" io.enablement.python="{plan.python}"',
        f"WORKDIR /home/{USER}",
        f"USER {UID}:{UID}",
        "EXPOSE 8888",
        'ENTRYPOINT ["tini", "-g", "--"]',
        f"CMD {json.dumps(list(plan.command or SERVER))}",
    ]
    return "\n".join(lines) + "\n"


def _required(plan: ImagePlan) -> str:
    programs = f"test -x /usr/bin/python{plan.python} -a -x /bin/sh"
    packages = " ".join(plan.os_packages)
    return f"{programs} && dpkg-query -W {packages} > /dev/null" if packages else programs


def _account() -> str:
    return (
        f"echo '{USER}:x:{UID}:{UID}::/home/{USER}:/bin/sh' >> /etc/passwd"
        f" && echo '{USER}:x:{UID}:' >> /etc/group"
        f" && install -d -o {UID} -g {UID} -m 0755 /home/{USER}"
    )
