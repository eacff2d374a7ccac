"""Does a rule in preview decide nothing about other people's files unless somebody asks?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairlead.lint.object_lint import lint_objects
from fairlead.lint.rule_page import explained, listed
from fairlead_mesh.lint.object_findings import OBJECT_RULE_FILES
from fairlead_mesh.lint.rule import OBJECT_RULES
from tests.fixtures.checkout import TESTS

pytestmark = pytest.mark.mesh

IN_PREVIEW = sorted(name for name, rule in OBJECT_RULES.items() if rule.status == "preview" and rule.severity != "info")


def severities(rule: str, *, preview: bool) -> set[str]:
    case: Path = TESTS / "lint" / f"{rule}.fail.yaml"
    return {
        each.finding.severity for each in lint_objects([str(case)], preview=preview).found if each.finding.rule == rule
    }


@pytest.mark.parametrize("rule", IN_PREVIEW)
def test_a_finding_of_a_rule_in_preview_is_an_info_unless_somebody_asks(rule: str) -> None:
    assert OBJECT_RULE_FILES
    assert severities(rule, preview=False) == {"info"}
    assert severities(rule, preview=True) - {"info"}


def test_the_finding_of_a_stable_rule_stays_what_the_rule_says() -> None:
    assert severities("destinations_exist", preview=False) == severities("destinations_exist", preview=True)


def test_the_page_and_the_list_say_which_rules_are_in_preview() -> None:
    rule = IN_PREVIEW[0]
    assert "· preview" in explained(rule)
    assert "preview" not in explained("destinations_exist")
    statuses = {row["rule"]: row["status"] for row in json.loads(listed(as_json=True))}
    assert statuses[rule] == "preview"
    assert statuses["destinations_exist"] == "stable"
