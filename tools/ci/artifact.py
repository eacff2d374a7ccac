"""What did the check leave behind? Its report as text, read from the archive in memory: nothing in it is trusted."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from github_api import GitHubError, download, pages

NAME = "report"
REPORT, NUMBER = "report.md", "number.txt"
ARCHIVE_BYTES = 5_000_000
REPORT_BYTES = 400_000
NUMBER_BYTES = 20
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How GitHub packs an artifact. Every other way has a decoder, and ways to fail, of its own."""


@dataclass(frozen=True)
class Artifact:
    """The report, or the reason why there is none; and the pull request that the report says it is of."""

    report: str = ""
    number: int | None = None
    reason: str = ""


def artifact(repository: str, run: int) -> Artifact:
    """The newest artifact of a run that has the report's name."""
    listed = pages(f"repos/{repository}/actions/runs/{run}/artifacts", "artifacts", name=NAME)
    named = sorted((each for each in listed if each.get("name") == NAME), key=lambda each: each["id"])
    if not named:
        return Artifact(reason="the check ended before it wrote one")
    newest: dict[str, Any] = named[-1]
    if newest.get("expired"):
        return Artifact(reason="its artifact has expired")
    if newest.get("size_in_bytes", 0) > ARCHIVE_BYTES:
        return Artifact(reason="its artifact is too large to be one")
    try:
        archive = download(f"repos/{repository}/actions/artifacts/{int(newest['id'])}/zip")
    except GitHubError as error:
        if not error.not_found:
            raise
        return Artifact(reason="its artifact is gone")
    return read(archive)


def read(archive: bytes) -> Artifact:
    """What an archive holds. No file of it is ever written, so no name in it can lead anywhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            report, number = _text(opened, REPORT, REPORT_BYTES), _text(opened, NUMBER, NUMBER_BYTES)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return Artifact(reason="its artifact cannot be read")
    if report is None:
        return Artifact(reason="its artifact has no report, or a larger one than a report is")
    said = (number or "").strip()
    return Artifact(
        report.strip(),
        int(said) if said.isascii() and said.isdigit() else None,
        "" if report.strip() else "it is empty",
    )


def _text(opened: zipfile.ZipFile, name: str, most: int) -> str | None:
    if name not in opened.namelist():
        return None
    if opened.getinfo(name).compress_type not in _PACKED:
        raise NotImplementedError(f"{name} is packed in a way that no artifact is")
    with opened.open(name) as member:
        # One byte more than allowed, whatever size the archive claims.
        content = member.read(most + 1)
    return content.decode("utf-8", errors="replace") if len(content) <= most else None
