"""What is said of a class of requests? Sentences in which its requests are named later, with all that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.effects.effect import Hurt

REQUESTS = "\0requests\0"
THROUGH = "\0through\0"
AT = "\0at\0"
HOSTS = "\0hosts\0"
"""Stand where these are named, once it is known of which classes the same is said."""


@dataclass(frozen=True)
class Said:
    """A sentence. `subject` is set where it is another than the route's; `brief` is what many subjects have in common.

    `ends`: it says what becomes of the requests, so that another answer needs no sentence of its own.
    """

    text: str
    hurt: Hurt | None = None
    advice: str = ""
    brief: str = ""
    ends: bool = False
    stands: bool = False
    subject: str = ""
    gains: bool = False
    such_as: tuple[str, ...] = ()


def nothing_ends(said: Sequence[Said]) -> bool:
    """Whether none says what becomes of the requests."""
    return not any(each.ends for each in said)
