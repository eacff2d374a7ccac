"""Which rules do objects break? Every rule over the objects of a mesh asked, each mistake told once."""

from __future__ import annotations

from fairlead_mesh.findings import Finding, Hit, Path
from fairlead_mesh.lint.finding import finding
from fairlead_mesh.lint.rule import OBJECT_RULES, Rule
from fairlead_mesh.lint.rule_files import rule_files
from fairlead_mesh.model.graph import Graph

OBJECT_RULE_FILES = rule_files(of_config=False)


def object_findings(graph: Graph, counterpart: str = "") -> list[Finding]:
    """What the rules over objects find; with a `counterpart`, such as `webhook`, those that say the same as it."""
    asked = (rule for rule in OBJECT_RULES.values() if not counterpart or counterpart in rule.counterparts)
    return _said_once([(rule, hit) for rule in asked for hit in rule.check(graph)])


def _said_once(found: list[tuple[Rule, Hit]]) -> list[Finding]:
    """Less what the schema says of a place of which a rule says in its own words why it is rejected."""
    said: dict[int, list[Path]] = {}
    for rule, hit in found:
        if not rule.of_schema and (hit.severity or rule.severity) == "error":
            said.setdefault(id(hit.item), []).append(hit.path)

    def known(hit: Hit, around: bool) -> bool:
        mine = [hit.path, *(path for _, path in hit.others)]
        theirs = said.get(id(hit.item), ())
        return any(_is_inside(other, one) or (around and _is_inside(one, other)) for one in mine for other in theirs)

    return [finding(rule, hit) for rule, hit in found if not (rule.of_schema and known(hit, rule.of_schema == "value"))]


def _is_inside(inner: Path, outer: Path) -> bool:
    return inner[: len(outer)] == outer
