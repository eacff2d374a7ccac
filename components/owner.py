"""Whose resources are these? The stack's own, or those of a component in a program that somebody else wrote."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import cast

import pulumi
from pulumi.output import UNKNOWN


@dataclass(frozen=True)
class Owner:
    """What the components of a stack belong to. Without a `parent` that is the stack itself, and their logical names
    are their roles; else names begin with the `name` of the parent, so that a program may have several of it."""

    parent: pulumi.Resource | None = None
    name: str = ""
    # Those that the parent was given: they are used instead of the stack's own.
    providers: Mapping[str, pulumi.ProviderResource] = field(default_factory=dict[str, pulumi.ProviderResource])
    # What the parent depends on; providers of the stack's own come after it, and with them all that is made by them.
    after: tuple[pulumi.Resource, ...] = ()


_OWNER: ContextVar[Owner | None] = ContextVar("owner", default=None)
_STACK = Owner()


@contextmanager
def owned_by(owner: Owner) -> Generator[None]:
    """Within the block, components are registered for this owner."""
    token = _OWNER.set(owner)
    try:
        yield
    finally:
        _OWNER.reset(token)


def owner() -> Owner:
    """Whom what is registered now belongs to."""
    return _OWNER.get() or _STACK


def named(role: str) -> str:
    """The logical name of the resource with this role."""
    name = owner().name
    return f"{name}-{role}" if name else role


def owned(providers: Mapping[str, pulumi.ProviderResource] | None = None) -> pulumi.ResourceOptions:
    """The options of a component: its parent, and what its children are made by."""
    return pulumi.ResourceOptions(parent=owner().parent, providers=providers)


def settled(identifier: str) -> pulumi.Input[str]:
    """The identifier of something that exists without this stack. In a preview nobody knows it where the owner comes
    after other resources of its program: these may be what creates it, and have not yet."""
    if owner().after and pulumi.runtime.is_dry_run():
        return pulumi.Output.from_input(cast("str", UNKNOWN))
    return identifier
