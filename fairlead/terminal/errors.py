"""How does a problem that the user can solve reach the user? As a message and a remedy, never as a traceback."""

from __future__ import annotations

import errno

from fairlead.terminal.printable import printable


class UserError(Exception):
    """Something only the user can put right: what is wrong, and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        # File names, and what other programs say, can hold anything.
        return printable(f"{self.message}\n{self.remedy}" if self.remedy else self.message)


class UnreachableError(UserError):
    """A cluster does not answer."""


def disk_full(where: object) -> UserError:
    """No space is left where this is to be written."""
    return UserError(f"The disk that holds {where} is full.", "Free some space and run the command again.")


def unwritable(where: object, error: OSError, remedy: str) -> UserError:
    """Why this could not be written: no space is left, or what the system says."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(where)
    return UserError(f"{where} cannot be written: {error.strerror}.", remedy)
