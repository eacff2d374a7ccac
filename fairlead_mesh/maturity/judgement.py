"""How far is an app? What the objects of its mesh come to, need by need, whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from fairlead_mesh.apps.app import App
from fairlead_mesh.config import Config
from fairlead_mesh.maturity.keys_of_steps import KeyPath, Need, needs_of
from fairlead_mesh.maturity.steps import STEPS
from fairlead_mesh.model.destination_rules import host_of
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import has_sidecar, injects
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.routes import Route, routings
from fairlead_mesh.model.security.authorization import policies_of, refusing, refusing_all
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.model.telemetry.access_logs import logs_requests
from fairlead_mesh.model.traffic_policy import destination_rules, policies

_STRANGERS = "a-namespace-that-no-policy-names"


@dataclass(frozen=True)
class Missing:
    """What a need lacks: why, and the keys to write."""

    need: Need
    why: str
    keys: tuple[tuple[KeyPath, object], ...]


@dataclass(frozen=True)
class Standing:
    """An app, the step it has reached (0 for none), and what it lacks, by step."""

    app: App
    step: int
    missing: tuple[Missing, ...]

    @property
    def next(self) -> tuple[Missing, ...]:
        """What stands between it and the next step."""
        return tuple(each for each in self.missing if each.need.step == self.step + 1)


def standings(config: Config, graph: Graph) -> list[Standing]:
    """How far each app is, as the stack file lists them."""
    return [_standing(config, graph, index) for index in range(len(config.apps))]


def _standing(config: Config, graph: Graph, index: int) -> Standing:
    seen = _Seen(config, graph, index)
    missing = tuple(
        Missing(need, why, (*seen.labels_to_say(need), *need.keys(config, index)))
        for need in needs_of(seen.app)
        if need.judged and (why := _WHY[need.name](seen))
    )
    lacking = {each.need.step for each in missing}
    reached = next((step - 1 for step in STEPS if step in lacking), max(STEPS))
    return Standing(seen.app, reached, missing)


@dataclass(frozen=True)
class _Seen:
    """An app of a stack in the mesh of its objects."""

    config: Config
    graph: Graph
    index: int

    @property
    def app(self) -> App:
        return self.config.apps[self.index]

    @cached_property
    def services(self) -> list[Item]:
        keys = [(self.app.namespace, name) for name in self.app.services]
        return [self.graph.services[key] for key in keys if key in self.graph.services]

    @cached_property
    def pods(self) -> list[Workload]:
        return list(dict.fromkeys(pod for service in self.services for pod in self.graph.pods_of(service)))

    def labels_to_say(self, need: Need) -> list[tuple[KeyPath, object]]:
        """Policies select pods by labels, which the app says where nothing in the stack declares its pods."""
        unknown = need.name == "access" and not self.pods
        return [(("apps", self.index, "external"), {"labels": {"app": self.app.name}})] if unknown else []

    @cached_property
    def routes(self) -> list[Route]:
        """Those of its own, and whoever else's routes send requests to its Service."""
        hosts = {self.app.fqdn(service) for service in self.app.services}
        return [
            route
            for routing in routings(self.graph)
            for route in routing.routes
            if any(share.host in hosts for share in route.shares)
        ]


def _no_sidecar(seen: _Seen) -> str:
    for pod in seen.pods:
        if not has_sidecar(seen.graph, pod):
            return f"{pod.item} has no sidecar"
    namespace = seen.graph.namespaces.get(seen.app.namespace)
    if not seen.pods and not (namespace and injects(namespace.labels, {})):
        return f"namespace {seen.app.namespace} has no injection"
    return ""


def _no_logs(seen: _Seen) -> str:
    labels = [pod.labels for pod in seen.pods] or [{}]
    logged = all(logs_requests(seen.graph, seen.app.namespace, each) for each in labels)
    return "" if logged else "its proxies log no requests"


def _no_metrics(seen: _Seen) -> str:
    """Of addons, which are no objects of Istio's: one that others ask, and one that shows what it has."""
    addons = seen.config.addons
    asked = {kind for addon in addons.named for kind in addon.needs}
    if not addons.with_metrics:
        return "no Prometheus keeps its metrics"
    return "" if any(type(addon) in asked for addon in addons.with_metrics) else "nothing shows what Prometheus keeps"


def _no_timeout(seen: _Seen) -> str:
    unlimited = [route for route in seen.routes if not route.settings.timeout]
    return _of_routes(seen, unlimited, "has no timeout")


def _no_retries(seen: _Seen) -> str:
    silent = [route for route in seen.routes if route.settings.attempts is None]
    return _of_routes(seen, silent, "says nothing of retries")


def _of_routes(seen: _Seen, wrong: list[Route], what: str) -> str:
    if not seen.routes:
        return f"no route of its own: it {what}"
    return f"its route for {wrong[0].requests} requests {what}" if wrong else ""


def _no_outliers(seen: _Seen) -> str:
    asked = {share.host for route in seen.routes for share in route.shares} & {
        seen.app.fqdn(service) for service in seen.app.services
    }
    said = {
        host_of(rule)
        for rule in destination_rules(seen.graph)
        if any(policy.value.get("outlierDetection") for policy in policies(rule))
    }
    lacking = sorted((asked or {seen.app.fqdn()}) - said)
    return f"no outlierDetection for {lacking[0]}" if lacking else ""


def _plain_text(seen: _Seen) -> str:
    peers = PeerPolicies(seen.graph)
    modes = [peers.of_namespace(seen.app.namespace)] if not seen.pods else []
    for service in seen.services:
        for _, port in service.maps("spec", "ports"):
            modes += [peers.of_port(pod, pod.number_of(port)) for pod in seen.pods]
    for mode, item in modes:
        if mode != "STRICT":
            return f"its pods accept plain text: {mode}, by {item or 'default'}"
    return ""


def _open_access(seen: _Seen) -> str:
    for labels in [pod.labels for pod in seen.pods] or [{}]:
        found = policies_of(seen.graph, seen.app.namespace, labels)
        if not refusing(found, _STRANGERS) or not refusing(found, None):
            return "clients that nobody names may call it"
        if closed := refusing_all(found):
            return f"nobody may call it, by {closed}"
    return ""


_WHY: dict[str, Callable[[_Seen], str]] = {
    "injection": _no_sidecar,
    "accessLogs": _no_logs,
    "metrics": _no_metrics,
    "timeout": _no_timeout,
    "retries": _no_retries,
    "outlierDetection": _no_outliers,
    "mtls": _plain_text,
    "access": _open_access,
}
