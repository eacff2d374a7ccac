"""What can the model not know? Said with its reason, never guessed."""

from __future__ import annotations


class UndecidedError(Exception):
    """What happens hangs on something that objects do not say; the message is the reason, as a sentence."""


class UnknownFactError(UndecidedError):
    """What happens may hang on whether `fact` is true: where it is the same either way, it is decided."""

    def __init__(self, fact: str, reason: str):
        super().__init__(reason)
        self.fact = fact
