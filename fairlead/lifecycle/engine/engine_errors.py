"""What does it mean when the CLI fails? By its words: the stack is locked, the state cut off, or the engine failed."""

from __future__ import annotations

import re
from typing import NoReturn

from fairlead.terminal.errors import UserError

LOCKED = re.compile(r"created by (?P<user>[^@\s]+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
CUT_OFF = re.compile(r"failed to load checkpoint: (EOF|unexpected end of JSON input)|unexpected end of JSON input")
_NO_STACK = re.compile(r"no stack named '[^']*' found")


class LockedError(UserError):
    """Somebody else's run has the stack."""

    def __init__(self, said: str) -> None:
        found = LOCKED.search(said)
        self.owner = found.groupdict() if found else {}
        who = "{user} on {host} (process {pid}), since {since}".format(**self.owner) if found else said[-500:]
        super().__init__(
            f"The stack is locked by {who}.",
            "Wait until that run has ended. If it was killed: pulumi cancel, by whoever started it.",
        )


class CutOffError(UserError):
    """The state is not whole: a run was killed while it was written."""


class NoStackError(UserError):
    """The backend has no stack of this name."""


class EngineError(UserError):
    """What the engine said when it failed."""


def without_tracebacks(said: str) -> str:
    """What the engine says, without the words of a program that it ended because something else had failed."""
    kept: list[str] = []
    inside = False
    for line in said.splitlines():
        inside = "Traceback (most recent call last)" in line or (inside and line.startswith("    "))
        if not inside and "During handling of the above exception" not in line:
            kept.append(line)
    return "\n".join(kept)


def raise_what_it_means(what: str, code: int, said: str) -> NoReturn:
    """Raises LockedError, CutOffError, NoStackError or EngineError."""
    if "is currently locked" in said or "Another update is currently in progress" in said:
        raise LockedError(said)
    if _NO_STACK.search(said):
        raise NoStackError(f"pulumi {what}: {said}", "See pulumi stack ls, and the backend that you are logged in to.")
    if CUT_OFF.search(said):
        raise CutOffError(f"pulumi {what}: {said}")
    raise EngineError(f"pulumi {what} ended with {code}.\n{said}".rstrip())
