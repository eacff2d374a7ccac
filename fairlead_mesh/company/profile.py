"""How strict is the company? Its profile: a file of a few keys, for lint and for the policy pack alike."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.lint_settings import ObjectName

Level = Literal["mandatory", "advisory", "disabled"]
CompanyRuleName = Annotated[str, Form(r"[a-z0-9_]+", "write the name of a company rule, as findings show it")]


class Exemption(Section):
    """A finding that is intended, and why."""

    rule: CompanyRuleName
    """Name of the rule, as findings show it."""
    object: ObjectName | None = None
    """The only object that is exempt, such as `Gateway istio-ingress/istio-ingress`; otherwise all of them are."""
    stacks: list[NonEmpty] = Field(default_factory=lambda: ["*"])
    """Stacks where it is exempt, as names or patterns such as `dev-*`."""
    reason: NonEmpty
    """Why it is exempt, for the next reader."""


class Profile(Section):
    """What a company asks of every mesh."""

    production: list[NonEmpty] = Field(default_factory=lambda: ["prod", "prod-*", "*-prod", "production"])
    """Names of production stacks, or patterns."""
    registries: list[NonEmpty] = Field(default_factory=list[str])
    """Registries, or parts of them, that images may come from, such as registry.example.com/mesh; without any, images
    may come from anywhere."""
    levels: dict[CompanyRuleName, Level] = Field(default_factory=dict[str, Level])
    """How strict a rule is, by its name: mandatory stops the deployment, advisory only tells; mandatory by default."""
    exempt: list[Exemption] = Field(default_factory=list[Exemption])
    """Findings that are intended."""

    def level(self, rule: str) -> Level:
        return self.levels.get(rule, "mandatory")

    def is_production(self, stack: str) -> bool:
        return _matches(stack, self.production)

    def exempts(self, rule: str, subject: str, stack: str) -> bool:
        """Whether somebody has said why this object of this stack may break the rule."""
        return any(
            each.rule == rule and each.object in (None, subject) and _matches(stack, each.stacks)
            for each in self.exempt
        )


def _matches(stack: str, patterns: list[str]) -> bool:
    # An organisation before the stack's name is nobody's environment.
    return any(fnmatchcase(stack.rpartition("/")[2], pattern) for pattern in patterns)
