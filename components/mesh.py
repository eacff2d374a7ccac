"""How does a program in any language get the mesh? The whole stack as one component."""

from __future__ import annotations

from typing import Any

import pulumi

from .owner import Owner, owned_by
from .stack import build_stack
from .stack_config import StackConfig


class Mesh(pulumi.ComponentResource):
    """Everything that a stack file says, below this component. `kind` is the token by which the package knows it."""

    def __init__(
        self,
        config: StackConfig,
        *,
        kind: str,
        name: str,
        opts: pulumi.ResourceOptions | None = None,
    ):
        super().__init__(kind, name, {}, opts)
        given = {key: each for key, each in self._providers.items() if key in ("kubernetes", "aws")}
        after = opts.depends_on if opts else None
        awaited = tuple(each for each in after if isinstance(each, pulumi.Resource)) if isinstance(after, list) else ()
        with owned_by(Owner(self, name, given, awaited)):
            self.outputs: dict[str, Any] = build_stack(config)
        self.register_outputs({**self.outputs})
