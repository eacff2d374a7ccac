"""Which version gets which part of the requests, and who says so?"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from fairlead_mesh.keys.scalars import DnsLabel, Percent
from fairlead_mesh.keys.section import Section


class Weights(Section):
    """Weight of each version in percent, by its name, such as {v1: 90, v2: 10}."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[DnsLabel, Percent]  # pyright: ignore[reportIncompatibleVariableOverride] - pydantic's way

    managed_by: Literal["flagger", "argo-rollouts"] | None = None
    """Who changes the weights on the cluster: `pulumi up` writes those of the stack file once, then ignores them."""

    @property
    def shares(self) -> dict[str, int]:
        """Weight of each version, by its name."""
        return dict(self.__pydantic_extra__)
