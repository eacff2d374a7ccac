"""How is a preview shown? As a tree for people, or as JSON that can be held against `pulumi preview --json`."""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from pulumi.runtime import rpc

from fairlead.evaluation.provider_checks import checked_inputs
from fairlead.evaluation.snapshot import UNKNOWN, Resource, Snapshot
from fairlead.preview.accepted_text import plain_text_line
from fairlead.preview.presets import preset_lines, preset_values
from fairlead.preview.rule_lookups import rules_looked_up
from fairlead.preview.tree import limits, resource_tree
from fairlead.terminal.plain_console import PlainConsole
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.model.objects.yaml_values import as_map

_UNBOUNDED = 10_000


def print_tree(snapshot: Snapshot, stack_file: StackFile) -> None:
    """The tree, how many resources it has, and what such a preview cannot know."""
    console = PlainConsole()
    if not console.is_terminal:
        # A file or a pipe has no width to fit.
        console.width = _UNBOUNDED
    console.print(resource_tree(snapshot, rules_looked_up=rules_looked_up(snapshot, stack_file)))
    resources = [resource for resource in snapshot.resources if resource.custom]
    console.print(
        f"\n{len(resources)} resources in {len(snapshot.resources) - len(resources) - 1} components,"
        f" from {stack_file.path.name}; without access to a cluster or an account."
    )
    istio = as_map(stack_file.own_keys().get("istio"))
    if line := plain_text_line(snapshot, str(istio.get("namespace") or "istio-system")):
        console.print(line)
    for line in preset_lines(stack_file):
        console.print(line)
    console.print("What this preview cannot know:")
    for line in limits(snapshot):
        console.print(f"  - {line}")


def print_json(snapshot: Snapshot, stack_file: StackFile) -> None:
    """The Snapshot on standard output, with what `maturity` sets."""
    document = as_json(snapshot) | {"presets": preset_values(stack_file)}
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def as_json(snapshot: Snapshot) -> dict[str, Any]:
    """The Snapshot as the engine would show it: inputs as a provider's check leaves them, its word for unknown."""
    document = {
        "project": snapshot.project,
        "stack": snapshot.stack,
        "resources": [_resource(resource) for resource in snapshot.resources],
        "outputs": snapshot.outputs,
        "lookups": [{"token": lookup.token, "arguments": lookup.arguments} for lookup in snapshot.lookups],
    }
    return _as_engine_writes(document)


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "custom": resource.custom,
        "read": resource.read,
        "inputs": checked_inputs(resource),
        "dependencies": list(resource.dependencies),
        "provider": resource.provider,
        "options": resource.options,
    }


def _as_engine_writes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_engine_writes(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_as_engine_writes(item) for item in cast("list[Any]", value)]
    return rpc.UNKNOWN if value == UNKNOWN else value
