"""How does what a rule has hit become a finding? With its place: in the stack file, or in the file of its object."""

from __future__ import annotations

from fairlead_mesh.findings import Finding, Hit, Path, Related, Subject
from fairlead_mesh.lint.rule import Rule
from fairlead_mesh.model.objects.secret_parts import is_hidden


def finding(rule: Rule, hit: Hit) -> Finding:
    """The finding of a hit of this rule."""
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
