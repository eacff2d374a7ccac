"""What does the pack check? A policy for each of the company's rules, and one each for lint's errors and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from fairlead_mesh.company.findings import company_findings
from fairlead_mesh.company.profile import Profile
from fairlead_mesh.company.profile_file import profile_with, read_profile
from fairlead_mesh.company.resources import Deployed, deployed
from fairlead_mesh.company.rules import COMPANY_RULES
from fairlead_mesh.findings import Finding, Severity, shown
from fairlead_mesh.lint.object_findings import object_findings

PROFILE = Path(__file__).with_name("company.yaml")
LEVELS = {
    "mandatory": EnforcementLevel.MANDATORY,
    "advisory": EnforcementLevel.ADVISORY,
    "disabled": EnforcementLevel.DISABLED,
}
_UNKNOWN = "not known yet"
_EXEMPT = {
    "type": "array",
    "description": "Findings that are intended: {object, stacks, reason} each, as in company.yaml.",
    "items": {"type": "object"},
}


def policies(profile: Profile | None = None) -> list[Policy]:
    """All policies of the pack, as strict as the profile says."""
    said = profile or read_profile(PROFILE)
    of_company = [_company_policy(name, said) for name in COMPANY_RULES]
    return [*of_company, _lint_policy("error", EnforcementLevel.MANDATORY), _lint_policy("warning")]


def _company_policy(name: str, profile: Profile) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        # How strict a policy is, the engine says; whether it is asked at all has been decided there too.
        own = profile_with(profile, {key: value for key, value in args.get_config().items() if value is not None}, name)
        for each in company_findings(_deployed(args), pulumi.get_stack(), own):
            if each.finding.rule == name:
                report(_sentence(each.finding), each.urn or None)

    properties: dict[str, Any] = {
        "exempt": _EXEMPT,
        "production": {"type": "array", "items": {"type": "string"}, "description": "Names of production stacks."},
        "registries": {"type": "array", "items": {"type": "string"}, "description": "Where images may come from."},
    }
    return StackValidationPolicy(
        name.replace("_", "-"),
        COMPANY_RULES[name].documentation.partition("\n")[0],
        validate,
        LEVELS[profile.level(name)],
        PolicyConfigSchema(properties),
    )


def _lint_policy(severity: Severity, level: EnforcementLevel = EnforcementLevel.ADVISORY) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        found, ignored = _deployed(args), _ignored(args.get_config())
        urns = {(item.kind, item.namespace, item.name): found.urn(item) for item in found.items}
        for each in object_findings(found.graph):
            kind, namespace, name = each.subject or ("", "", "")
            subject = f"{kind} {namespace or 'default'}/{name}"
            if each.severity == severity and not {(each.rule, ""), (each.rule, subject)} & ignored:
                report(_sentence(each), urns.get((kind, namespace or "default", name)) or None)

    properties: dict[str, Any] = {
        "ignore": {
            "type": "array",
            "description": "Findings that are intended: {rule, object, reason} each.",
            "items": {"type": "object"},
        }
    }
    return StackValidationPolicy(
        f"lint-{severity}s",
        f"What fairlead lint finds as {severity}s in objects of a stack: what would not work as it is meant.",
        validate,
        level,
        PolicyConfigSchema(properties),
    )


def _ignored(config: Mapping[str, Any]) -> set[tuple[str, str]]:
    listed: list[Mapping[str, Any]] = config.get("ignore") or []
    return {(str(each.get("rule")), str(each.get("object") or "")) for each in listed if each.get("reason")}


def _sentence(finding: Finding) -> str:
    kind, *where = finding.subject or ("", "")
    subject = f"{kind} {'/'.join(filter(None, where))}"
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    value = f" {shown(finding.value)}" if finding.value is not None else ""
    return f"{finding.rule}: {subject}:{value} {finding.message}{remedy}"


def _deployed(args: StackValidationArgs) -> Deployed:
    return deployed((each.urn, each.resource_type, _plain(each.props)) for each in args.resources)


def _plain(value: Any) -> Any:
    """A property as plain data: what is unknown in a preview by a word, numbers as they were written."""
    if isinstance(value, Mapping):
        return dict(_pairs(value))
    if isinstance(value, (list, tuple)) or type(value).__name__ == "_ListProxy":
        return [_plain(each) for each in _known(value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _pairs(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in value:
        try:
            yield key, _plain(value[key])
        except UnknownValueError:
            yield key, _UNKNOWN


def _known(value: Any) -> Iterator[Any]:
    for index in range(len(value)):
        try:
            yield value[index]
        except UnknownValueError:
            yield _UNKNOWN
