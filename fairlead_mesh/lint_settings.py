"""Which findings are meant? The section that silences a rule for the stack, or for one object of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_most_one

RuleName = Annotated[str, Form(r"[a-z0-9_]+", "write the name of a rule, as findings show it")]
ObjectName = Annotated[str, Form(r"\S+ (\S+/)?\S+", "write kind, namespace and name, such as VirtualService hello/web")]


class Ignored(Section):
    """Findings that are intended, and why."""

    together = (at_most_one("object", "path", what="keep one of object and path, or neither for the whole stack"),)

    rule: RuleName
    """Name of the rule, as findings show it."""
    object: ObjectName | None = None
    """The only object that it is silenced for, such as `VirtualService hello/helloworld`."""
    path: NonEmpty | None = None
    """The part of the stack file that it is silenced for, such as `apps[0]` or `gateways[1].loadBalancer`."""
    reason: NonEmpty
    """Why the finding is intended, for the next reader."""


class LintSettings(Section):
    """What lint has nothing to say about."""

    ignore: list[Ignored] = Field(default_factory=list[Ignored])
    """Rules that are silenced, each with a reason."""
