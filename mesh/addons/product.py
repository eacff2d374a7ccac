"""What do people know by a name? A program behind an addon: its chart, its page, what it keeps, how its values read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mesh.model.yaml_values import as_map
from mesh.section import Values
from mesh.versions import Chart


@dataclass(frozen=True)
class Endpoint:
    """The Service that people open, its port and the path there, and the port of their own machine that shows it."""

    service: str
    port: int
    local_port: int
    path: str = ""


@dataclass(frozen=True)
class Reading:
    """What the values of a release come to for those who use it: from where it is reached, whether people log in, what
    they may do, and how long it keeps what it holds. What the values do not say is empty."""

    service_type: str = ""
    anonymous: bool = False
    login: str = ""
    edits: bool = False
    retention: str = ""
    in_memory: bool = False
    metrics_from: str = ""

    @property
    def outside(self) -> bool:
        """Whether it is reached from outside the cluster."""
        return self.service_type in ("LoadBalancer", "NodePort")


def value_at(values: Values, *path: str) -> Any:
    """The value at a path; None where the path leads nowhere."""
    found: Any = values
    for key in path:
        found = as_map(found).get(key)
    return found


def word_at(values: Values, *path: str) -> str:
    """The word at a path; empty where there is none."""
    return str(value_at(values, *path) or "")


def usual_reading(values: Values) -> Reading:
    """What most charts call their Service's type."""
    return Reading(service_type=word_at(values, "service", "type"))


@dataclass(frozen=True)
class Product:
    """`name` is that of its chart, or of its Deployment where it comes without one; `keeps` is what goes with it."""

    title: str
    name: str
    chart: Chart | None = None
    endpoint: Endpoint | None = None
    keeps: str = ""
    read: Callable[[Values], Reading] = usual_reading


OTHERS = (
    Product("Kiali operator", "kiali-operator"),
    Product("Loki", "loki", keeps="logs"),
    Product("OpenTelemetry collector", "opentelemetry-collector"),
    Product("Prometheus", "kube-prometheus-stack", keeps="metrics history"),
    Product("Tempo", "tempo", keeps="traces"),
)
"""Charts that stand beside a mesh and are no addon of it: what a comparison says of them, it says by these names."""
