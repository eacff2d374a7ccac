"""Which rules does a config break? Every rule over the stack file asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mesh.config import Config
from mesh.findings import Finding, Hit
from mesh.lint.finding import finding
from mesh.lint.rule import CONFIG_RULES, Rule
from mesh.lint.rule_files import rule_files
from mesh.model.item import Item

CONFIG_RULE_FILES = rule_files(of_config=True)


def config_findings(config: Config, objects: Sequence[Item] = (), *, broken: Collection[str] = ()) -> list[Finding]:
    """What the rules over the config find, some of them with the stack's own `objects`; a rule that needs a `broken`
    section is not asked."""
    asked = (rule for rule in CONFIG_RULES.values() if rule.needs.isdisjoint(broken))
    return [finding(rule, hit) for rule in asked for hit in _hits(rule, config, objects)]


def _hits(rule: Rule, config: Config, objects: Sequence[Item]) -> Iterator[Hit]:
    return rule.check(config, objects) if rule.of_objects else rule.check(config)
