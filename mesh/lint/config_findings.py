"""Which rules does a config break? Every rule over the stack file asked."""

from __future__ import annotations

from collections.abc import Collection

from mesh.config import Config
from mesh.findings import Finding
from mesh.lint.finding import finding
from mesh.lint.rule import CONFIG_RULES
from mesh.lint.rule_files import rule_files

CONFIG_RULE_FILES = rule_files(of_config=True)


def config_findings(config: Config, *, broken: Collection[str] = ()) -> list[Finding]:
    """What the rules over the config find; a rule that needs a `broken` section is not asked."""
    asked = (rule for rule in CONFIG_RULES.values() if rule.needs.isdisjoint(broken))
    return [finding(rule, hit) for rule in asked for hit in rule.check(config)]
