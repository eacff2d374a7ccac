"""Which versions does this fairlead pin? One row for each chart and image of the table and each package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal, cast

from fairlead.project.release import NAME, installed
from fairlead_mesh import versions

Source = Literal["chart", "image", "package"]
_PACKAGES = ("pulumi", "pulumi-kubernetes", "pulumi-aws")
_PLACES = ("ISTIO_REPOSITORY", "ISTIO_OCI", "ISTIO_HUB")
_EVERY_WORKLOAD = "productpage-v1"
"""The images of Bookinfo are released together, so one of them speaks for all."""


@dataclass(frozen=True)
class Pinned:
    """A version: `where` is the repository of a chart, or what an image or a package is called by its registry."""

    source: Source
    name: str
    version: str
    where: str


def pinned() -> list[Pinned]:
    """All of them: Istio, charts, images, packages."""
    istio = Pinned("chart", "istiod", versions.ISTIO_VERSION, versions.ISTIO_REPOSITORY)
    table = {each: None for name, value in vars(versions).items() for each in _written(name, value)}
    found = sorted(table, key=lambda each: (each.source, each.name))
    return [istio, *found, *_packages()]


def _written(name: str, value: Any) -> Iterator[Pinned]:
    if isinstance(value, versions.Chart):
        yield Pinned("chart", value.name, value.version, value.repository)
    elif name.endswith("_IMAGE") and isinstance(value, str) and name not in _PLACES:
        yield _image(value)
    elif name.endswith("_IMAGES") and isinstance(value, dict):
        yield from map(_image, cast("dict[str, str]", value).values())


def _image(reference: str) -> Pinned:
    image, _, tag = reference.partition("@")[0].rpartition(":")
    image = image.replace("{workload}", _EVERY_WORKLOAD)
    return Pinned("image", image.removeprefix("docker.io/"), tag, image)


def _packages() -> Iterator[Pinned]:
    for name in _PACKAGES:
        try:
            yield Pinned("package", name, version(name), name)
        except PackageNotFoundError:
            continue
    if own := installed():
        yield Pinned("package", NAME, own, NAME)
