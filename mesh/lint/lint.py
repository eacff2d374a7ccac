"""Which rules does a mesh break? Every rule asked, every hit turned into a finding that names its place."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pkgutil import walk_packages

from mesh.config import Config
from mesh.findings import Finding, Hit, Path, Related, Subject
from mesh.lint import __path__ as lint_folder
from mesh.lint.rule import CONFIG_RULES, OBJECT_RULES, Rule
from mesh.model.graph import Graph
from mesh.model.secret_parts import is_hidden

# Importing a file of rules registers them; by name, so that their order is the same everywhere.
RULE_FILES = tuple(
    import_module(name)
    for name in sorted(file.name for file in walk_packages(lint_folder, "mesh.lint.") if file.name.endswith("_rules"))
)


def config_findings(config: Config, *, broken: Collection[str] = ()) -> list[Finding]:
    """What the rules over the config find; a rule that needs a `broken` section is not asked."""
    asked = (rule for rule in CONFIG_RULES.values() if rule.needs.isdisjoint(broken))
    return [_finding(rule, hit) for rule in asked for hit in rule.check(config)]


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

    return [
        _finding(rule, hit) for rule, hit in found if not (rule.of_schema and known(hit, rule.of_schema == "value"))
    ]


def _is_inside(inner: Path, outer: Path) -> bool:
    return inner[: len(outer)] == outer


def _finding(rule: Rule, hit: Hit) -> Finding:
    item = hit.item
    return Finding(
        rule.name,
        _in_stack_file(item, hit.path) if item else hit.path,
        None if item and is_hidden({"kind": item.kind}, hit.path) else hit.value,
        hit.message,
        hit.severity or rule.severity,
        _in_stack_file(item, hit.first) if item and hit.first else hit.first,
        hit.remedy,
        rule.counterparts,
        _named(item) if item else None,
        item.source if item else "",
        item.document if item else 0,
        tuple(Related(_named(it), _in_stack_file(it, path), it.source, it.document) for it, path in hit.others),
    )


def _named(item: Subject) -> tuple[str, str, str] | None:
    return (item.kind, item.namespace if "namespace" in item.metadata else "", item.name) if item.kind else None


def _in_stack_file(item: Subject, path: Path) -> Path:
    """Where a path of an object leads in the stack file, as far as the one follows from the other."""
    if item.source:
        return path
    lengths = range(len(path), 0, -1)
    return (*item.origin, *next((item.places[path[:length]] for length in lengths if path[:length] in item.places), ()))
