"""What does Istio say of an upgrade? The upgrade notes of each minor version on the way, and the changes of patches, as
istio.io publishes them.

Source: istio/istio.io, content/en/news/releases; a patch release has one page, a minor one a page of upgrade notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.version import Version

from fairlead.versions.newest import Get, UnaskedError, asked

_RAW = "https://raw.githubusercontent.com/istio/istio.io/master/content/en/news/releases"
_SHOWN = "https://istio.io/latest/news/releases"
_WELL = 200
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_ITEM = re.compile(r"^- +(?=\*\*)", re.MULTILINE)
_LONGEST = 100


@dataclass(frozen=True)
class Note:
    """One change: the `version` that brought it, its title and all that is said of it."""

    version: str
    title: str
    text: str


@dataclass(frozen=True)
class Page:
    """Where changes of one release are published."""

    version: str
    path: str
    is_patch: bool

    @property
    def shown(self) -> str:
        """For people."""
        return f"{_SHOWN}/{self.path}/"


def pages(older: str, newer: str) -> list[Page]:
    """Those between two versions of Istio: of each later minor version, and of the patches that lead to the newer."""
    old, new = Version(older), Version(newer)
    found = [Page(f"1.{minor}.0", f"1.{minor}.x/announcing-1.{minor}/upgrade-notes", False)
             for minor in range(old.minor + 1, new.minor + 1)]  # fmt: skip
    first = old.micro + 1 if old.minor == new.minor else 1
    return found + [Page(f"1.{new.minor}.{each}", f"1.{new.minor}.x/announcing-1.{new.minor}.{each}", True)
                    for each in range(first, new.micro + 1)]  # fmt: skip


def notes(page: Page, get: Get = asked) -> list[Note]:
    """What a page says, change by change. Raises UnaskedError where it cannot be had."""
    code, _, body = get(f"{_RAW}/{page.path}/index.md")
    if code != _WELL:
        raise UnaskedError(f"{page.shown} answers with {code}")
    text = body.decode(errors="replace")
    return list(_patch_notes(page, text) if page.is_patch else _sections(page, text))


def _sections(page: Page, text: str) -> Iterator[Note]:
    parts = _HEADING.split(text)[1:]
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        yield Note(page.version, title.strip(), body.strip())


def _patch_notes(page: Page, text: str) -> Iterator[Note]:
    for each in _ITEM.split(text)[1:]:
        said = " ".join(each.partition("\n## ")[0].split())
        first = said.replace("**", "").partition(". ")[0].rstrip(".")
        yield Note(page.version, first if len(first) <= _LONGEST else f"{first[:_LONGEST].rstrip()} ...", said)
