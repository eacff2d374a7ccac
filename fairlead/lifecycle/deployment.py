"""What does Pulumi's state say? An exported deployment, read and changed as plain data.

The form is Pulumi's own (apitype.DeploymentV3 in pulumi/pulumi, sdk/go/common/apitype/core.go).
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from typing import Any

from fairlead.evaluation.snapshot import PROVIDER_TYPES, STACK_TYPE
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

State = dict[str, Any]
_PROVIDER = f"{PROVIDER_TYPES}kubernetes"


class Deployment:
    """One stack's state. Each change keeps it consistent: nothing depends on what is not in it."""

    def __init__(self, exported: State) -> None:
        self.exported = copy.deepcopy(exported)
        self._deployment: State = self.exported.setdefault("deployment", {})

    @property
    def resources(self) -> list[State]:
        return self._deployment.setdefault("resources", [])

    @property
    def pending(self) -> list[tuple[str, State]]:
        """Operations that an interrupted run had begun: what it did (`creating`, `deleting`), and to which resource."""
        return [(str(each["type"]), each["resource"]) for each in as_maps(self._deployment.get("pending_operations"))]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it but, perhaps, the stack itself."""
        return all(each.get("type") == STACK_TYPE for each in self.resources)

    @property
    def is_protected(self) -> bool:
        """Whether the engine would delete none of it, because something in it is protected."""
        return any(each.get("protect") for each in self.resources)

    @property
    def outputs(self) -> State:
        """What the stack exports; a secret is as the state has it."""
        found = [as_map(each.get("outputs")) for each in self.resources if each.get("type") == STACK_TYPE]
        return found[0] if found else {}

    def find(self, urn: str) -> State | None:
        return next((each for each in self.resources if each.get("urn") == urn and not each.get("delete")), None)

    def on_cluster(self) -> Iterator[State]:
        """The Kubernetes objects and Helm releases that the stack made; what it only reads is not its own."""
        for each in self.resources:
            ours = each.get("custom") and not each.get("external") and not each.get("delete")
            if ours and str(each.get("type")).startswith("kubernetes:"):
                yield each

    def provider(self) -> str:
        """The reference to the provider of the stack's cluster; empty where it was not created yet."""
        found = [each for each in self.resources if each.get("type") == _PROVIDER]
        return f"{found[0]['urn']}::{found[0]['id']}" if found else ""

    def add(self, resource: State, dependents: Collection[str] = ()) -> None:
        """A resource that exists, right after what it needs; of its dependencies those that are here.

        `dependents` are URNs of what depends on it: without that, the engine would delete it too early.
        """
        places = {str(each["urn"]): place for place, each in enumerate(self.resources)}
        dependencies = [urn for urn in as_list(resource.get("dependencies")) if urn in places]
        provider = str(resource.get("provider", "")).rpartition("::")[0]
        needs = [*dependencies, resource.get("parent"), provider]
        place = 1 + max((places[urn] for urn in needs if urn in places), default=-1)
        self.resources.insert(place, {**resource, "dependencies": dependencies})
        for each in self.resources[place + 1 :]:
            if each["urn"] in dependents:
                each["dependencies"] = [*as_list(each.get("dependencies")), resource["urn"]]

    def drop(self, urn: str) -> None:
        """Forget a resource, and that others depend on it."""
        self._deployment["resources"] = [each for each in self.resources if each.get("urn") != urn]
        for each in self.resources:
            each["dependencies"] = [other for other in as_list(each.get("dependencies")) if other != urn]
            of_properties = as_map(each.get("propertyDependencies"))
            for key, urns in of_properties.items():
                of_properties[key] = [other for other in as_list(urns) if other != urn]
            if each.get("deletedWith") == urn:
                del each["deletedWith"]

    def forget_pending(self) -> None:
        self._deployment.pop("pending_operations", None)
