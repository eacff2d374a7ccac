"""What does a stack do that the company does not allow? Each finding with how strict the company is about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from fairlead_mesh.company.profile import Level, Profile
from fairlead_mesh.company.resources import Deployed
from fairlead_mesh.company.rules import COMPANY_RULES, Stack
from fairlead_mesh.findings import Finding, Severity
from fairlead_mesh.lint.finding import finding
from fairlead_mesh.model.objects.item import Item


@dataclass(frozen=True)
class CompanyFinding:
    """A finding, how strict the company is about it, and the URN of the resource that it is about."""

    finding: Finding
    level: Level
    urn: str


def company_findings(found: Deployed, stack: str, profile: Profile) -> list[CompanyFinding]:
    """What the company's rules find in what a stack deploys; what is only advised is a warning."""
    asked = Stack(stack, found, found.graph, profile)
    told: list[CompanyFinding] = []
    for name, rule in COMPANY_RULES.items():
        level = profile.level(name)
        for hit in rule.check(asked) if level != "disabled" else ():
            item = cast("Item", hit.item)
            if not profile.exempts(name, str(item), stack):
                severity: Severity = "error" if level == "mandatory" else "warning"
                told.append(CompanyFinding(finding(rule, replace(hit, severity=severity)), level, found.urn(item)))
    return told
