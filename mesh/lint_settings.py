"""Which findings are meant? The section that silences a rule for the stack, or for one object of it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from mesh.section import Section

NonEmpty = Annotated[str, StringConstraints(min_length=1)]


class Ignored(Section):
    """Findings that are meant, and why."""

    rule: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
    """Name of the rule, as findings show it."""
    object: Annotated[str, StringConstraints(pattern=r"^\S+ (\S+/)?\S+$")] | None = None
    """The one object that it is silenced for, as `VirtualService hello/helloworld`."""
    path: NonEmpty | None = None
    """The part of the stack file that it is silenced for, as `apps[0]` or `gateways[1].loadBalancer`."""
    reason: NonEmpty
    """Why this is as it should be, for whoever reads it next."""

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if self.object and self.path:
            raise ValueError("keep one of object and path, or neither for the whole stack")
        return self


class LintSettings(Section):
    """What lint has nothing to say about."""

    ignore: list[Ignored] = Field(default_factory=list[Ignored])
    """Rules that are silenced, each with a reason."""
