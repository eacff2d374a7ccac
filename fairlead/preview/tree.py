"""What does a stack consist of? Its resources as a tree, each with what it is and what it waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from rich.tree import Tree

from fairlead.evaluation.snapshot import PROVIDER_TYPES, SECRET, STACK_TYPE, UNKNOWN, Resource, Snapshot
from fairlead.preview.open_answers import asked_of_aws, maker_is_open, remark
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.routes import routing

_COMPONENT = "fairlead:components:"


@dataclass(frozen=True)
class _Stack:
    """The snapshot, who is below whom, and which answers of AWS are open."""

    snapshot: Snapshot
    children: dict[str, list[Resource]]
    rules_looked_up: bool
    maker_is_open: bool

    def remark(self, resource: Resource) -> str:
        return remark(resource, rules_looked_up=self.rules_looked_up, maker_is_open=self.maker_is_open)


def resource_tree(snapshot: Snapshot, *, rules_looked_up: bool) -> Tree:
    """The stack, its components in the order in which they come up, and below each its resources."""
    stack = _Stack(snapshot, defaultdict(list), rules_looked_up, maker_is_open(snapshot))
    for resource in snapshot.resources:
        stack.children[resource.parent].append(resource)
    place = {resource.urn: index for index, resource in enumerate(snapshot.resources)}

    def first(component: Resource) -> tuple[int, str]:
        created = (place[child.urn] for child in stack.children[component.urn] if not child.read)
        return min(created, default=len(place)), component.urn

    root = next(resource for resource in snapshot.resources if resource.type == STACK_TYPE)
    tree = Tree(Text(f"{snapshot.project} {snapshot.stack}", style="bold"))
    for component in sorted(stack.children[root.urn], key=first):
        kind = component.type.removeprefix(_COMPONENT)
        branch = tree.add(Text.assemble((kind, "bold cyan"), " ", component.name))
        for child in sorted(stack.children[component.urn], key=lambda each: each.read):
            branch.add(_line(child, stack))
    return tree


def _line(resource: Resource, stack: _Stack) -> Text:
    line = Text.assemble((resource.name, "bold"), "  ", description(resource))
    if resource.read:
        line.append("  (read when it exists)", "yellow")
    elif said := stack.remark(resource):
        line.append(f"  ({said})", "yellow")
    after = ", ".join(_names(resource.dependencies, stack))
    if after:
        line.append(f"  after {after}", "dim")
    return line


def _names(dependencies: tuple[str, ...], stack: _Stack) -> list[str]:
    """What a resource waits for, by name; a component stands for its resources where it waits for all of them."""
    by_urn, remaining, names = stack.snapshot.by_urn, set(dependencies), set[str]()
    for component in {by_urn[urn].parent for urn in dependencies}:
        own = {child.urn for child in stack.children[component] if not child.read}
        if len(own) > 1 and own <= remaining:
            remaining -= own
            names.add(by_urn[component].name)
    return sorted(names | {by_urn[urn].name for urn in remaining})


def description(resource: Resource) -> str:
    """What a resource is, in a few words."""
    inputs = resource.inputs
    if resource.is_release:
        version = f" {inputs['version']}" if "version" in inputs else ""
        return f"Helm release of {inputs['chart']}{version} in {inputs['namespace']}"
    if resource.is_kubernetes_object:
        metadata = inputs["metadata"]
        place = f"{metadata['namespace']}/" if "namespace" in metadata else ""
        labels_only = ", patched" if resource.type.endswith("Patch") else ""
        return " ".join([f"{inputs['kind']} {place}{metadata['name']}{labels_only}", *_routes(inputs)])
    if resource.type.startswith(PROVIDER_TYPES):
        return (
            f"provider, {inputs.get('context') or inputs.get('region') or inputs.get('clusterIdentifier', 'default')}"
        )
    if resource.type.endswith(("IngressRule", "EgressRule")):
        return _security_rule(inputs)
    return resource.type.rpartition(":")[2]


def _security_rule(inputs: dict[str, Any]) -> str:
    ports = "all traffic" if inputs["ipProtocol"] == "-1" else f"{inputs['ipProtocol']} {inputs['fromPort']}"
    sources = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    source = next((str(inputs[key]) for key in sources if key in inputs), UNKNOWN)
    return f"security rule, {ports}, {source}: {inputs['description']}"


def _routes(manifest: dict[str, Any]) -> Iterator[str]:
    """The split of a VirtualService, as far as there is one."""
    if manifest["kind"] != "VirtualService":
        return
    for route in routing(Item(manifest)).routes:
        if len(route.shares) > 1:
            yield f"[{', '.join(f'{share.version} {share.per_cent}' for share in route.shares)}]"


def limits(snapshot: Snapshot) -> list[str]:
    """What an evaluation without cluster and account cannot know about this stack, one sentence each."""
    resources = [resource for resource in snapshot.resources if resource.custom]
    lines = ["Whether a resource exists already, and so whether it is created, updated or left alone."]
    lines += asked_of_aws(snapshot)
    if any(resource.is_release for resource in resources):
        lines.append("What the charts render; `render --charts` shows it.")
    if any(resource.is_kubernetes_object for resource in resources):
        lines.append("What the API server adds or rejects; `demo` runs one.")
    if any(resource.read for resource in resources):
        lines.append("The addresses of gateways.")
    if SECRET in str([resource.inputs for resource in resources]):
        lines.append(f"Secrets: they are never decrypted and shown as {SECRET}.")
    return lines
