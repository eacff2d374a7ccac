"""How does a release of another project get here? Downloaded once, resumed where it broke off, checked, unpacked."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import socket
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from fairlead.cluster.lock import locked
from fairlead.cluster.releases import Archive
from fairlead.terminal.errors import UserError, unwritable
from fairlead.terminal.progress import Progress

MIRROR = "FAIRLEAD_DOWNLOADS"
"""`off`, or the address of a mirror, under which each host is a folder."""
TRIES = 3
_CHUNK = 1 << 18
_MEGABYTE = 1_000_000
_RETRY_AFTER = (0.5, 2.0)


class DownloadError(UserError):
    """It cannot be had from there now; another way may be open."""


@dataclass(frozen=True)
class Downloads:
    """Where downloads are kept, who is told of them, and how many seconds may pass without a byte."""

    cache: Path
    progress: Progress
    env: Mapping[str, str]
    patience: float = 20.0

    @property
    def allowed(self) -> bool:
        return self.env.get(MIRROR, "").lower() != "off"

    def folder(self, archive: Archive) -> Path:
        return self.cache / f"{archive.name}-{archive.digest.rpartition(':')[2][:12]}"

    def programs(self, archive: Archive) -> Path:
        """The folder with the archive's programs, downloaded now unless an earlier run did.

        Raises DownloadError where it cannot be had, and UserError where it is not the file whose digest is known.
        """
        folder = self.folder(archive)
        if folder.is_dir():
            return folder
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with locked(self.cache / f"{archive.name}.lock", self.progress, f"{archive.title}: another process has it"):
                if not folder.is_dir():
                    self._unpack(archive, self._file(archive), folder)
        except OSError as error:
            raise unwritable(error.filename or self.cache, error, "Set XDG_CACHE_HOME to another folder.") from error
        return folder

    def _file(self, archive: Archive) -> Path:
        """The whole archive, with the digest that is known."""
        folder = self.folder(archive)
        part = folder.with_name(f"{folder.name}.part")
        url = self._url(archive)
        started, resumed = time.monotonic(), part.stat().st_size if part.exists() else 0
        again = f", from the {_megabytes(resumed)} of an earlier run on" if resumed else ""
        self.progress.say(f"Downloading {archive.title} once from {urlsplit(url).netloc}{again}.")
        for attempt in range(TRIES):
            try:
                self._receive(archive, url, part)
                break
            except urllib.error.HTTPError as error:
                error.close()
                reason = f"{url} answers with status {error.code}"
                if error.code < http.client.INTERNAL_SERVER_ERROR or attempt == TRIES - 1:
                    raise DownloadError(f"{archive.title} cannot be downloaded: {reason}.") from None
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, OSError) and error.filename:
                    raise
                reason = _cause(error)
                if attempt == TRIES - 1 or _no_host(error):
                    kept = part.stat().st_size if part.exists() else 0
                    rest = f" {_megabytes(kept)} of it are kept: the next run goes on there." if kept else ""
                    raise DownloadError(f"{archive.title} cannot be downloaded from {url}: {reason}.{rest}") from None
            self.progress.say(f"  {archive.title}: {reason}; trying again")
            time.sleep(_RETRY_AFTER[min(attempt, len(_RETRY_AFTER) - 1)])
        self._check(archive, url, part)
        self.progress.say(f"Downloaded {archive.title} in {time.monotonic() - started:.0f} s.")
        return part

    def _url(self, archive: Archive) -> str:
        mirror = self.env.get(MIRROR, "").rstrip("/")
        return f"{mirror}/{archive.url.partition('://')[2]}" if mirror else archive.url

    def _receive(self, archive: Archive, url: str, part: Path) -> None:
        have = part.stat().st_size if part.exists() else 0
        request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - https, or the user's own mirror
        self.progress.busy(f"{archive.title}: waiting for {urlsplit(url).netloc}")
        try:
            response = urllib.request.urlopen(request, timeout=self.patience)  # noqa: S310
        except urllib.error.HTTPError as error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                # What is here is as long as the file, or longer; its digest decides.
                error.close()
                return
            raise
        with response:
            goes_on = response.status == http.client.PARTIAL_CONTENT
            length = response.headers.get("Content-Length")
            whole = int(length) + (have if goes_on else 0) if length else None
            with part.open("ab" if goes_on else "wb") as file:
                self._copy(archive, response, file, whole)

    def _copy(self, archive: Archive, response: IO[bytes], file: IO[bytes], whole: int | None) -> None:
        began, first = time.monotonic(), file.tell()
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            rate = (file.tell() - first) / max(time.monotonic() - began, 0.001)
            of = f" of {_megabytes(whole)}" if whole else ""
            self.progress.busy(f"{archive.title}: {_megabytes(file.tell())}{of}, {_megabytes(rate)} a second")
        if whole is not None and file.tell() < whole:
            raise ConnectionError(f"the connection ended after {_megabytes(file.tell())} of {_megabytes(whole)}")

    def _check(self, archive: Archive, url: str, part: Path) -> None:
        algorithm, _, known = archive.digest.partition(":")
        with part.open("rb") as file:
            found = hashlib.file_digest(file, algorithm).hexdigest()
        if found != known:
            part.unlink()
            raise UserError(
                f"{url} is not {archive.title}: its {algorithm} is {found}, not {known}. It is deleted, nothing of it"
                " was run.",
                f"Run the command again. If it stays so, somebody changes what you download: find out who, or set"
                f" {MIRROR}=off to build the programs from Go modules.",
            )

    def _unpack(self, archive: Archive, part: Path, folder: Path) -> None:
        with tempfile.TemporaryDirectory(prefix=f".{archive.name}-", dir=self.cache) as scratch:
            result = Path(scratch) / "result"
            result.mkdir()
            self.progress.busy(f"{archive.title}: unpacking")
            self._members(archive, part, result)
            result.rename(folder)
        part.unlink()

    @staticmethod
    def _members(archive: Archive, part: Path, result: Path) -> None:
        wanted = {member: program for program, member in archive.programs.items()}
        with tarfile.open(part, mode="r|gz") as members:
            for member in members:
                program = wanted.get(member.name.removeprefix("./"))
                content = members.extractfile(member) if program else None
                if program and content:
                    with (result / program).open("wb") as file:
                        shutil.copyfileobj(content, file)
                    (result / program).chmod(0o755)
                    del wanted[archive.programs[program]]
                if not wanted:
                    return
        raise UserError(f"{archive.title} does not hold {', '.join(sorted(wanted))}.")


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError):
        return "nothing came for too long"
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__


def _no_host(error: Exception) -> bool:
    """A name that nobody knows, or a port that nobody listens on, is not asked again."""
    reason = getattr(error, "reason", None)
    return isinstance(reason, (ConnectionRefusedError, socket.gaierror))


def _megabytes(size: float) -> str:
    return f"{size / _MEGABYTE:.0f} MB" if size >= _MEGABYTE else f"{size / 1000:.0f} kB"
