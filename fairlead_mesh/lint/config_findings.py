"""Which rules does a config break? Every rule over the stack file asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Finding, Hit
from fairlead_mesh.lint.finding import finding
from fairlead_mesh.lint.rule import CONFIG_RULES, Rule
from fairlead_mesh.lint.rule_files import rule_files
from fairlead_mesh.model.objects.item import Item

CONFIG_RULE_FILES = rule_files(of_config=True)


def config_findings(config: Config, objects: Sequence[Item] = (), *, broken: Collection[str] = ()) -> list[Finding]:
    """What the rules over the config find, some of them with the stack's own `objects`; a rule that needs a `broken`
    section is not asked."""
    asked = (rule for rule in CONFIG_RULES.values() if rule.needs.isdisjoint(broken))
    return [finding(rule, hit) for rule in asked for hit in _hits(rule, config, objects)]


def _hits(rule: Rule, config: Config, objects: Sequence[Item]) -> Iterator[Hit]:
    return rule.check(config, objects) if rule.of_objects else rule.check(config)
