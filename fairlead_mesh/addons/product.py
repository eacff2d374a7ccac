"""What do people know by a name? A program behind an addon: its chart, its page, what it keeps, how its values read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.keys.section import Values
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import Chart

INJECT = "sidecar.istio.io/inject"
NO_SIDECAR = {INJECT: "false"}


def scraped(port: int) -> dict[str, str]:
    """The annotations by which pods announce metrics at a port."""
    return {"prometheus.io/scrape": "true", "prometheus.io/port": str(port)}


METRICS = "metrics history"
"""What is kept by a product that others ask for metrics."""


@dataclass(frozen=True)
class Endpoint:
    """The Service that people open, its port and the path there, the port of their own machine that shows it, and the
    pod's where that is another one."""

    service: str
    port: int
    local_port: int
    path: str = ""
    target: int = 0


@dataclass(frozen=True)
class Reading:
    """What the values of a release come to for those who use it. What they do not say is empty.

    `opened_by` is what makes it reachable from outside the cluster. `login` is how people log in, and empty where they
    do not need to (`anonymous`) or where nothing is known of it; `visitors_can` is what visitors can do
    besides viewing. `proxied` says whether its pods have a sidecar.
    """

    opened_by: str = ""
    anonymous: bool = False
    login: str = ""
    visitors_can: tuple[str, ...] = ()
    proxied: bool = False
    retention: str = ""
    in_memory: bool = False
    metrics_from: str = ""


def value_at(values: Values, *path: str) -> Any:
    """The value at a path; None where the path leads nowhere."""
    found: Any = values
    for key in path:
        found = as_map(found).get(key)
    return found


def word_at(values: Values, *path: str) -> str:
    """The word at a path; empty where there is none."""
    return str(value_at(values, *path) or "")


def opened_by(service: Any, *doors: Any) -> str:
    """What opens a Service to the outside: its own type, or an Ingress or a route that the chart makes for it."""
    kind = as_map(service).get("type")
    if kind in ("LoadBalancer", "NodePort"):
        return str(kind)
    return "Ingress" if any(as_map(door).get("enabled") is True for door in doors) else ""


def has_sidecar(labels: Any) -> bool:
    """Whether pods with these labels get a proxy, whatever their namespace asks for."""
    return str(as_map(labels).get(INJECT)).lower() == "true"


def usual_reading(values: Values) -> Reading:
    """As most charts call their Service's type."""
    return Reading(opened_by=opened_by(values.get("service"), values.get("ingress")))


@dataclass(frozen=True)
class Product:
    """`name` is that of its chart, or of its Deployment where it comes without one; `keeps` is what goes with it,
    `collects` the ports of its pods that every pod of the mesh sends to, `defines` the kinds that its chart brings."""

    title: str
    name: str
    chart: Chart | None = None
    endpoint: Endpoint | None = None
    keeps: str = ""
    collects: tuple[int, ...] = ()
    read: Callable[[Values], Reading] = usual_reading
    defines: tuple[tuple[str, str], ...] = ()

    @property
    def page_port(self) -> int:
        """The pod's port that answers people; 0 where there is no page."""
        return (self.endpoint.target or self.endpoint.port) if self.endpoint else 0


OTHERS = (Product("OpenTelemetry collector", "opentelemetry-collector"),)
"""Charts that stand beside a mesh and are no addon of it: what a comparison says of them, it says by these names."""
