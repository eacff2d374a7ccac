"""Which objects stand behind the picture? Those of an evaluated stack, each with a number and its YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import yaml

from fairlead.evaluation.addon_objects import addon_resources
from fairlead.evaluation.chart_objects import gateway_chart
from fairlead.evaluation.masking import masked
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.picture.layout.lettering import legible, printable
from fairlead.picture.model.model import Objects, Source
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

_WIDTH = 120


class Sources:
    """The objects, releases and security rules of a stack, in the order in which they come up."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        drawn = [each for each in snapshot.resources if each.custom and not each.read and _is_drawn(each)]
        self.resources = tuple(drawn)
        self._number = {each.urn: place for place, each in enumerate(drawn)}
        self._items = {each.urn: Item(each.inputs) for each in drawn if each.is_kubernetes_object}
        self._urn = {item: urn for urn, item in self._items.items()}

    @cached_property
    def graph(self) -> Graph:
        """The objects of the stack, its gateways', and those of others that its apps name; more may be there."""
        charts = (chart for each in self.releases if (chart := gateway_chart(each)))
        others = [*(each for chart in charts for each in chart.objects), *self.snapshot.external]
        brought = (Item(each, brought=True) for each in others)
        return graph([*self._items.values(), *brought], closed=False, root_namespace=self.root_namespace)

    @cached_property
    def releases(self) -> tuple[Resource, ...]:
        return tuple(each for each in self.resources if each.is_release)

    @cached_property
    def rules(self) -> tuple[Resource, ...]:
        """Security groups and their rules."""
        return tuple(each for each in self.resources if each.type.startswith("aws:"))

    @cached_property
    def root_namespace(self) -> str:
        """Where policies hold for the whole mesh: istiod's own namespace, unless its values say otherwise."""
        for release in self.releases:
            if release.chart == "istiod":
                config = as_map(values_of(release).get("meshConfig"))
                return str(config.get("rootNamespace") or release.inputs.get("namespace") or "istio-system")
        return self.snapshot.shared_root or "istio-system"

    def number(self, *resources: Resource) -> Objects:
        return tuple(self._number[each.urn] for each in resources)

    def numbers(self, items: Iterable[Item | None]) -> Objects:
        """The places of these objects, each once, in the order given."""
        return tuple(dict.fromkeys(self._number[self._urn[item]] for item in items if item in self._urn))

    @cached_property
    def of_addons(self) -> dict[str, list[Item]]:
        """URN of an addon's component -> the objects that it applies."""
        found = addon_resources(self.snapshot).values()
        return {own[0].parent: [self._items[each.urn] for each in own if each.urn in self._items] for own in found}

    @cached_property
    def addon_items(self) -> frozenset[Item]:
        return frozenset(item for items in self.of_addons.values() for item in items)

    def items(self) -> Iterator[tuple[int, Item]]:
        """Every Kubernetes object with its place."""
        return ((self._number[urn], item) for urn, item in self._items.items())

    def shown(self) -> tuple[Source, ...]:
        """What the panel says of each, secrets masked."""
        return tuple(Source(legible(_title(each)), _yaml(masked(_told(each)))) for each in self.resources)


def _is_drawn(resource: Resource) -> bool:
    return resource.is_release or resource.is_kubernetes_object or resource.type.startswith("aws:")


def values_of(release: Resource) -> dict[str, Any]:
    """The chart values of a release."""
    return as_map(release.inputs.get("values"))


def _title(resource: Resource) -> str:
    inputs = resource.inputs
    if resource.is_kubernetes_object:
        metadata = as_map(inputs.get("metadata"))
        place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
        return f"{inputs['kind']} {place}{metadata.get('name', '')}"
    if resource.is_release:
        return f"Release {inputs.get('namespace', 'default')}/{inputs.get('name', resource.name)}"
    return f"{resource.type.rpartition(':')[2]} {resource.name}"


def _told(resource: Resource) -> dict[str, Any]:
    # The SDK's own switch says nothing about the release.
    return {key: value for key, value in resource.inputs.items() if key != "compat"}


_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _ReadableDumper(_Dumper):
    """Text of several lines as such, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is PyYAML's
        return True


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_ReadableDumper.add_representer(str, _text)


def _yaml(value: Any) -> str:
    # ruamel.yaml takes twenty times as long, which a mesh of 200 apps would feel.
    text: str = yaml.dump(value, Dumper=_ReadableDumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return "\n".join(map(printable, text.split("\n")))
