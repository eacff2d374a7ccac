"""What changes in every stack, in one comment? Short reports whole, long ones made anew for the room that is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from command_line import Ended, fairlead
from room import rooms

ROOM = 60_000
"""A comment on GitHub may have 65,536 characters; the rest is for its own first lines."""
LEAST = 2_000
"""A report fits into no less."""
_BETWEEN = "\n\n"
_TOO_LONG = (
    "The report of this stack does not fit beside the others. It is in the artifact `report`, and this command "
    "prints it:"
)


@dataclass(frozen=True)
class Diffs:
    """Writes what changes in a stack since `base`, into files of the folder `out`."""

    base: str
    out: Path

    def ended(self, stack: str) -> Ended:
        """Write `<stack>.md`, with all the room of a comment."""
        return self._write(stack, self._path(stack), ROOM - len(_BETWEEN))

    def combined(self, stacks: Sequence[str]) -> str:
        """The reports of all stacks that were written, of no more than `ROOM` characters."""
        texts = {stack: _read(self._path(stack)) for stack in stacks}
        lengths = [len(text) + len(_BETWEEN) for text in texts.values()]
        for stack, room in zip(stacks, rooms(lengths, ROOM), strict=True):
            if len(texts[stack]) + len(_BETWEEN) > room:
                texts[stack] = self._shorter(stack, room - len(_BETWEEN))
        joined = _BETWEEN.join(text for text in texts.values() if text)
        if len(joined) > ROOM:
            return f"{len(stacks)} stacks are too many for one comment: the artifact `report` has a file for each.\n"
        return f"{joined}\n" if joined else "There is no stack file, before or after.\n"

    def _shorter(self, stack: str, room: int) -> str:
        path = self.out / f".{stack}.md"
        if room >= LEAST:
            self._write(stack, path, room)
            text = _read(path)
            path.unlink()
            if len(text) <= room:
                return text
        command = f"python -m fairlead diff --stack {stack} --base {self.base}"
        return f"## {stack}\n\n{_TOO_LONG}\n\n```\n{command}\n```"

    def _write(self, stack: str, path: Path, room: int) -> Ended:
        path.unlink(missing_ok=True)
        given = ("--stack", stack, "--base", self.base, "--format", "markdown", "--limit", str(room))
        ended = fairlead("diff", *given, "--out", str(path), folder=Path.cwd())
        if not path.is_file() or not _read(path):
            path.write_text(_no_report(stack, ended), encoding="utf-8")
            return Ended(ended.code or 1, ended.said)
        return ended

    def _path(self, stack: str) -> Path:
        return self.out / f"{stack}.md"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()


def _no_report(stack: str, ended: Ended) -> str:
    fence = "`" * 8
    said = f"\n\n{fence}\n{ended.said.replace(fence, '')}\n{fence}" if ended.said else ""
    return f"## {stack}\n\nThere is no report: `fairlead diff` ended with exit code {ended.code}.{said}\n"
