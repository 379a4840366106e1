"""What building container images needs from the outside, as a Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from enablement_ext.core.images.oci.layers import Layer
from enablement_ext.core.images.releases import OciBuild, Release


@dataclass(frozen=True, slots=True)
class OciRequest:
    """One container image to build: a release for one Python on a base given by reference, cut into layers, under a tag."""

    release: Release
    python: str
    base: str
    layers: tuple[Layer, ...]
    os_packages: tuple[str, ...]
    tag: str
    command: tuple[str, ...] = ()  # empty: a person's server


class OciBuilder(Protocol):
    """Builds container images that are the same for the same inputs, bit for bit. Blocking, takes minutes."""

    def build(self, request: OciRequest) -> OciBuild:
        """The built image, left in the local image store under the tag. Raises EnvironmentUnavailable, NoSpace."""
        ...
