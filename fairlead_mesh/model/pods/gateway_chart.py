"""What does a release of Istio's chart `gateway` bring? Its pods and the Service before them, without rendering it.

Source: manifests/charts/gateway in istio/istio (values.yaml, templates/_helpers.tpl, deployment.yaml, service.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.pods.sidecars import INJECT, REVISION

GATEWAY_CHART = "gateway"
_UNNAMED = "istio-ingressgateway"
_DEFAULTS = "defaults"
"""Where charts up to 1.23 look for values too."""
_PORTS = [{"name": "status-port", "port": 15021}, {"name": "http2", "port": 80}, {"name": "https", "port": 443}]
_TEMPLATES = "inject.istio.io/templates"
_IN_THE_SELECTOR = ("app", "istio")


@dataclass(frozen=True, eq=False)
class GatewayChart:
    """A release of the chart in a namespace, with its `given` values."""

    release: str
    namespace: str
    given: Mapping[str, Any]

    @cached_property
    def values(self) -> dict[str, Any]:
        return as_map(self.given.get(_DEFAULTS)) | dict(self.given)

    @property
    def name(self) -> str:
        """That of all its objects."""
        return str(self.values.get("name") or self.release or _UNNAMED)

    @property
    def selector(self) -> dict[str, str]:
        """The labels by which its Deployment, which never changes them, and its Service know its pods."""
        said = as_map(self.values.get("labels"))
        usual = {"app": self.name, "istio": self.name.removeprefix("istio-")}
        return {key: _text(said[key]) if said.get(key) else usual[key] for key in _IN_THE_SELECTOR}

    @cached_property
    def labels(self) -> dict[str, str]:
        """What its pods have."""
        revision, network = (self.values.get(key) for key in ("revision", "networkGateway"))
        more = {key: _text(value) for key, value in as_map(self.values.get("labels")).items()}
        own = {INJECT: "true", "app.kubernetes.io/name": self.name, "app.kubernetes.io/managed-by": "Helm",
               "app.kubernetes.io/instance": self.release, "app.kubernetes.io/part-of": "istio"}  # fmt: skip
        revised = {REVISION: str(revision)} if revision else {}
        named = {"topology.istio.io/network": str(network)} if network else {}
        return own | revised | more | self.selector | named

    @cached_property
    def service(self) -> dict[str, Any]:
        """The spec of its Service."""
        said = as_map(self.values.get("service"))
        settings = {key: value for key, value in said.items() if key not in ("annotations", "selectorLabels")}
        selector = self.selector | {key: _text(value) for key, value in as_map(said.get("selectorLabels")).items()}
        ports = as_list(said.get("ports")) or _PORTS
        return settings | {"type": str(said.get("type") or "LoadBalancer"), "ports": ports, "selector": selector}

    @property
    def has_service(self) -> bool:
        return self.service["type"] != "None"

    @property
    def annotations(self) -> dict[str, str]:
        """Those of its Service."""
        own = as_map(as_map(self.values.get("service")).get("annotations"))
        return {str(name): str(value) for name, value in (as_map(self.values.get("annotations")) | own).items()}

    @property
    def service_account(self) -> str:
        said = as_map(self.values.get("serviceAccount"))
        return str(said.get("name") or (self.name if said.get("create", True) else "default"))

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its workload, service account and Service, as far as other objects refer to them."""
        metadata = {"name": self.name, "namespace": self.namespace}
        annotations = {_TEMPLATES: "gateway"} | as_map(self.values.get("podAnnotations"))
        pod = {"metadata": {"labels": self.labels, "annotations": annotations},
               "spec": {"serviceAccountName": self.service_account}}  # fmt: skip
        kind = str(self.values.get("kind") or "Deployment")
        spec = {"selector": {"matchLabels": self.selector}, "template": pod}
        found: list[dict[str, Any]] = [
            {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec},
        ]
        if self.service_account != "default":
            of_account = {"name": self.service_account, "namespace": self.namespace}
            found.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": of_account})
        if self.has_service:
            told = metadata | ({"annotations": self.annotations} if self.annotations else {})
            found.append({"apiVersion": "v1", "kind": "Service", "metadata": told, "spec": self.service})
        return found

    def is_selected(self, selector: object) -> bool:
        """Whether an Istio Gateway with this selector is about its pods."""
        asked = as_map(selector)
        return bool(asked) and asked.items() <= self.labels.items()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
