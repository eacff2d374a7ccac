"""Where is Istio published no longer, and where instead? The one table of places that go away, and how a text is read.

istio.io, blog/2026: retirement-of-gcp, retirement-of-gcr.io-follow-up; upgrade notes of 1.31.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from fairlead_mesh.findings import Path, Severity
from fairlead_mesh.versions import ISTIO_HUB, ISTIO_OCI

_OCI = ISTIO_OCI.removeprefix("oci://")
_FILES = "blob.istio.io/istio-release"
_IMAGES, _CHARTS, _ANY = "new pods get no image", "the chart cannot be fetched", "nothing can be fetched from it"

# What a place is called -> what stands there instead, and what its end does. The first that fits speaks: charts lie
# in folders of registries and of a bucket. gcr.io/istio-testing, where builds in development lie, is not among them.
_PLACES: dict[str, tuple[str, str]] = {
    r"gcr\.io/istio-release/charts": (_OCI, _CHARTS),
    r"registry\.istio\.io/release/charts": (_OCI, _CHARTS),
    r"gcr\.io/istio-release": (ISTIO_HUB, _IMAGES),
    r"registry\.istio\.io/release": (ISTIO_HUB, _IMAGES),
    r"registry\.istio\.io/testing": ("", _IMAGES),
    r"registry\.istio\.io": ("docker.io", _IMAGES),
    r"istio-release\.storage\.googleapis\.com(?=/charts)": (_FILES, _CHARTS),
    r"istio-release\.storage\.googleapis\.com(?=/)": (_FILES, _ANY),
    r"(?<=//)istio-release\.storage\.googleapis\.com": (_FILES, _ANY),
    r"istio-release\.storage\.googleapis\.com": ("blob.istio.io", _ANY),
    r"storage\.(?:googleapis|cloud\.google)\.com/istio-release": (_FILES, _ANY),
    r"gs://istio-release": (f"https://{_FILES}", _ANY),
}
_ROWS = tuple(_PLACES.values())
# A place begins a name, also behind a scheme: in a mirror's folder that is called after it nothing goes away.
_PLACE = re.compile(
    rf"(?:(?<=//)|(?<![\w./-]))(?:{'|'.join(f'({place})' for place in _PLACES)})(?!\.?[\w-])", re.IGNORECASE
)
_HINT = re.compile(r"istio-release|registry\.istio\.io", re.IGNORECASE)
_REST = re.compile(r"[\w./:@${}*+-]*")
_ALONE = re.compile(r"[^\s\"',;]{1,200}")
_TAG = re.compile(r"/(?!examples-)[\w/-]+:([\w.-]+)$")
_RELEASE = re.compile(r"(\d+)\.(\d+)\.\d+(?:-(?:alpha|beta|rc)\.\d+)?(?:-(?:distroless|debug))?")
_FIRST_ELSEWHERE = (1, 31)
_MOST = 3


@dataclass(frozen=True)
class Naming:
    """That a text names a place that goes away: what is wrong with it, and the text to write instead."""

    message: str
    remedy: str
    severity: Severity


def naming(text: str) -> Naming | None:
    """What to say of a text; None where it names no such place."""
    found = [match for match in _PLACE.finditer(text) if not _is_replaced(match)] if _HINT.search(text) else []
    if not found:
        return None
    _, end = _row(found[0])
    if _ALONE.fullmatch(text):
        return Naming(f"{_why(found[0])}: {end}", _remedy(text), "error")
    pairs = dict.fromkeys(f"{_new(match) or ISTIO_HUB}{_rest(match)} for {match[0]}{_rest(match)}" for match in found)
    return Naming(
        f"names {found[0][0]}, which goes away in December 2026", f"write {', '.join([*pairs][:_MOST])}", "warning"
    )


def namings(value: Any) -> Iterator[tuple[Path, str, Naming]]:
    """Every text of nested values that names such a place, with the path to it.

    The name by which Kustomize finds an image that it replaces stays.
    """
    waiting: list[tuple[Path, Any]] = [((), value)] if _hints(value) else []
    while waiting:
        path, here = waiting.pop()
        if isinstance(here, str) and (found := naming(here)):
            yield path, here, found
        inner: list[tuple[str | int, Any]] = []
        if isinstance(here, dict):
            fields = cast("dict[str, Any]", here)
            inner = [(key, each) for key, each in fields.items() if key != "name" or "newName" not in fields]
        elif isinstance(here, list):
            inner = [*enumerate(cast("list[Any]", here))]
        waiting += [((*path, key), each) for key, each in reversed(inner)]


def _hints(value: Any) -> bool:
    """Whether any text may name one: hardly any does, and paths cost more than looking."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            if "istio" in here.lower() and _HINT.search(here):
                return True
        elif isinstance(here, dict):
            waiting += cast("dict[str, Any]", here).values()
        elif isinstance(here, list):
            waiting += cast("list[Any]", here)
    return False


def _row(match: re.Match[str]) -> tuple[str, str]:
    return _ROWS[(match.lastindex or 1) - 1]


def _new(match: re.Match[str]) -> str:
    return _row(match)[0]


def _rest(match: re.Match[str]) -> str:
    rest = _REST.match(match.string, match.end())
    return rest[0].rstrip(".:") if rest else ""


def _is_replaced(match: re.Match[str]) -> bool:
    """Whether it stands on the left of Kustomize's `old=new`."""
    rest = _rest(match)
    return bool(rest) and match.string[match.end() + len(rest) :].startswith("=")


def _why(match: re.Match[str]) -> str:
    if not _new(match):
        return f"{match[0]} goes away in December 2026"
    tag = _TAG.match(_rest(match))
    release = _RELEASE.fullmatch(tag[1]) if tag else None
    never = release and (int(release[1]), int(release[2])) >= _FIRST_ELSEWHERE
    return f"{match[0]} {'' if never else 'goes away in December 2026 and '}has no Istio 1.31 or newer"


def _remedy(text: str) -> str:
    match = next(_PLACE.finditer(text))
    new = _new(match)
    if not new:
        return f"use a release, from {ISTIO_HUB}: Istio names no new place for builds in development"
    remedy = f"write {_PLACE.sub(_new, text)}"
    if new == "docker.io":
        return f"{remedy}, with istio/ in place of release/ before the image's name"
    tag = _TAG.match(_rest(match))
    if new == ISTIO_HUB and tag and not _RELEASE.fullmatch(tag[1]):
        return f"{remedy}, once you have seen the tag there: releases are, builds in development need not be"
    return remedy
