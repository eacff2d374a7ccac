"""What does a run say at its end? Where the apps answer, what is left, and how many resources there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairlead.lifecycle.emptiness import Left
from fairlead_mesh.model.objects.yaml_values import as_list, as_map


def addresses(outputs: Mapping[str, Any]) -> list[str]:
    """Where each app answers, and how to reach a gateway that has no address, of the stack's outputs."""
    lines = [f"gateway {name}: {each['command']}" for name, each in _named(outputs, "gateways") if each.get("command")]
    return lines + [f"{name}: {url}" for name, each in _named(outputs, "apps") for url in as_list(each.get("urls"))]


def _named(outputs: Mapping[str, Any], section: str) -> Iterable[tuple[str, dict[str, Any]]]:
    return ((name, as_map(each)) for name, each in as_map(outputs.get(section)).items())


def proof(left: Left, *, state_is_empty: bool) -> list[str]:
    """What a person reads of what is left."""
    lines = [f"  left on the cluster: {ref}" for ref in left.objects]
    lines += [f"  left on the cluster: Helm's record of {release}" for release in left.releases]
    if left.nothing:
        lines.append("Nothing of the stack is left on the cluster.")
    if left.kept:
        lines.append(f"Kept, as its charts ask: {len(left.kept)} CustomResourceDefinitions of Istio.")
    lines.append("The state is empty." if state_is_empty else "The state is not empty: run it again.")
    return lines


def summary(said: str) -> str:
    """The engine's own numbers."""
    lines = said.splitlines()
    start = next((index for index, line in enumerate(lines) if line.startswith("Resources:")), len(lines))
    return "\n".join(lines[start:]).rstrip()
