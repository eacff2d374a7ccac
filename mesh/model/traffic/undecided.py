"""What can the model not know? Said with its reason, never guessed."""

from __future__ import annotations


class UndecidedError(Exception):
    """What happens hangs on something that objects do not say; the message is the reason, as a sentence."""
