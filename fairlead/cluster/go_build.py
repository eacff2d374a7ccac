"""How does a Go module of tools/ become programs? Built once into the cache, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.cluster.child import run, run_watched
from fairlead.cluster.lock import locked
from fairlead.terminal.errors import UserError, disk_full
from fairlead.terminal.progress import Progress

_SHIPPED = Path(__file__).resolve().parents[1] / "go_modules"
SOURCES = _SHIPPED if _SHIPPED.is_dir() else Path(__file__).resolve().parents[2] / "tools"
"""In a wheel they are within the package; beside it, `tools` may be anybody's."""
GO_NEEDED = "Go 1.26 or newer"


@dataclass(frozen=True)
class GoTool:
    """One folder of tools/: the packages built from it and, if it is a generator, the call that follows."""

    name: str
    title: str
    takes: str
    packages: tuple[str, ...] = (".",)
    ldflags: str = "-s -w"
    then: tuple[str, ...] = ()

    @property
    def source(self) -> Path:
        return SOURCES / self.name

    def version(self, module: str) -> str:
        """The version of a module that go.mod pins, without its v."""
        for line in (self.source / "go.mod").read_text(encoding="utf-8").splitlines():
            words = line.removeprefix("require").split()
            if words[:1] == [module]:
                return words[1].removeprefix("v")
        raise LookupError(module)

    def folder(self, cache: Path) -> Path:
        """Where the built programs are; a new one as soon as a source or the platform differs."""
        digest = hashlib.sha256(f"{platform.system()} {platform.machine()} {self.packages} {self.ldflags}".encode())
        for path in sorted((self.source / "go.mod", self.source / "go.sum", *self.source.glob("*.go"))):
            digest.update(path.read_bytes())
        return cache / f"{self.name}-{digest.hexdigest()[:12]}"


def build(tool: GoTool, cache: Path, progress: Progress, env: Mapping[str, str]) -> Path:
    """The folder with the tool's programs, built now unless an earlier run did."""
    folder = tool.folder(cache)
    if folder.is_dir():
        return folder
    go = shutil.which("go", path=env.get("PATH", ""))
    if not go:
        raise UserError(f"{tool.title} has to be built once, and Go is not on PATH.", f"Install {GO_NEEDED}.")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with locked(cache / f"{tool.name}.lock", progress, f"{tool.title}: another process is building it"):
            if not folder.is_dir():
                _build_into(folder, tool, go, progress, env)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full(cache) from error
        raise UserError(
            f"{error.filename or cache}: {error.strerror}.", "Set XDG_CACHE_HOME to another one."
        ) from error
    return folder


def _build_into(folder: Path, tool: GoTool, go: str, progress: Progress, env: Mapping[str, str]) -> None:
    for stale in folder.parent.glob(f".{tool.name}-*"):
        shutil.rmtree(stale, ignore_errors=True)
    started = time.monotonic()
    progress.say(f"Building {tool.title} once, which usually takes {tool.takes}; later runs find it in {folder}.")
    with tempfile.TemporaryDirectory(prefix=f".{tool.name}-", dir=folder.parent) as scratch:
        result, temporary = Path(scratch) / "result", Path(scratch) / "go"
        result.mkdir()
        temporary.mkdir()
        # A temporary folder of our own, because go leaves its default one behind when it is terminated.
        _go_build(tool, go, result, progress, {**env, "GOWORK": "off", "GOTMPDIR": str(temporary)})
        if tool.then:
            done = run([result / tool.then[0], *tool.then[1:]], cwd=result, timeout=120)
            if done.returncode:
                raise UserError(f"{tool.title} could not be written: {done.stderr.strip()}")
        result.rename(folder)
    progress.say(f"Built {tool.title} in {time.monotonic() - started:.0f} s.")


def _go_build(tool: GoTool, go: str, result: Path, progress: Progress, env: Mapping[str, str]) -> None:
    said: list[str] = []
    seen = 0

    def on_line(line: str) -> None:
        nonlocal seen
        if " " in line:
            said.append(line)
            progress.busy(f"{tool.title}: {line}"[:100])
        else:
            seen += 1
            progress.busy(f"{tool.title}: {seen} packages compiled")

    command = [go, "build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", tool.ldflags]
    code = run_watched([*command, "-o", f"{result}{os.sep}", *tool.packages], on_line, env=env, cwd=tool.source)
    if code == 0:
        return
    last = "\n".join(f"  {line}" for line in said[-8:])
    if "no space left on device" in last:
        raise disk_full(result)
    remedy = f"{GO_NEEDED} and its module proxy (go env GOPROXY) are needed, once."
    raise UserError(f"{tool.title} could not be built (go build ended with {code}):\n{last}", remedy)
