"""Does the lifecycle of the stack say one thing only?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule

_PATH = ("lifecycle",)


@config_rule()
def only_ephemeral_stacks_end(config: Config) -> Iterator[Hit]:
    """A stack with a ttl is ephemeral: of any other stack the ttl is never read.

    Whoever wrote it expects that the stack ends by itself, and pays for its load balancers until somebody notices.
    """
    lifecycle = config.lifecycle
    if lifecycle.ttl and not lifecycle.ephemeral:
        message = "is never read: the stack is not ephemeral, so nothing ends it"
        yield Hit((*_PATH, "ttl"), lifecycle.ttl, message, "add ephemeral: true, or remove ttl")


@config_rule()
def ephemeral_stacks_are_not_protected(config: Config) -> Iterator[Hit]:
    """An ephemeral stack may be destroyed, so it is not protected.

    `fairlead env reap` would fail on it every night, and it would stay.
    """
    if config.lifecycle.ephemeral and config.lifecycle.protect:
        message = "keeps an ephemeral stack from ever being destroyed"
        yield Hit((*_PATH, "protect"), True, message, "remove protect, or ephemeral")


@config_rule()
def ephemeral_stacks_live_for_a_while(config: Config) -> Iterator[Hit]:
    """The ttl of a stack is longer than no time.

    With 0s it is over while it still comes up.
    """
    if config.lifecycle.ttl_seconds == 0:
        yield Hit((*_PATH, "ttl"), config.lifecycle.ttl, "the stack is over at once", "write for example 8h")


@config_rule(severity="info")
def ephemeral_stacks_have_a_ttl(config: Config) -> Iterator[Hit]:
    """An ephemeral stack says how long it lives.

    Without a ttl `fairlead env reap` never destroys it: it stays until somebody runs `fairlead env down`.
    """
    if config.lifecycle.ephemeral and not config.lifecycle.ttl:
        message = "is unset, so fairlead env reap never destroys this stack"
        yield Hit((*_PATH, "ttl"), None, message, "write how long it lives after its last up, such as 8h")
