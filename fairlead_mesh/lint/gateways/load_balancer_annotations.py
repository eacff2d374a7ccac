"""Which annotations does AWS get for a gateway's load balancer, and which of them are the user's own?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.aws.load_balancer_values import PREFIX, aws_annotations
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Path
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.load_balancing import Balancing
from fairlead_mesh.model.objects.yaml_values import as_map


@dataclass(frozen=True)
class Balancer:
    """The load balancer of one gateway: the annotations that this program writes, and the free ones with their places.

    Names are without the prefix.
    """

    index: int
    gateway: Gateway
    balancing: Balancing
    own: Mapping[str, str]
    written: Mapping[str, tuple[Path, str]]

    def free(self, name: str) -> Path | None:
        """Where the user writes an annotation; None where this program alone does."""
        found = self.written.get(name)
        return found[0] if found else None

    def value(self, name: str) -> str:
        """What the Service gets; empty for nothing."""
        return self.written[name][1] if name in self.written else self.own.get(name, "")

    def overrides(self, name: str) -> Path | None:
        """Where the user writes something else than this program does."""
        return self.free(name) if name in self.own and self.own[name] != self.value(name) else None

    def source_ranges(self, annotation: str) -> Iterator[tuple[Path, Any]]:
        """Source ranges as Kubernetes knows them: a field of the Service, or an annotation."""
        base: Path = ("gateways", self.index)
        service = as_map(self.gateway.values.get("service"))
        if service.get("loadBalancerSourceRanges"):
            yield (*base, "values", "service", "loadBalancerSourceRanges"), service["loadBalancerSourceRanges"]
        for path, written in _sources(self.index, self.gateway):
            if annotation in written:
                yield (*path, annotation), written[annotation]


def balancers(config: Config) -> Iterator[Balancer]:
    """The load balancers that are made on EKS for this stack, by whichever maker."""
    balancing = config.cluster.balancing
    for index, gateway in enumerate(config.gateways):
        if balancing and gateway.has_load_balancer:
            own = {key.removeprefix(PREFIX): value for key, value in aws_annotations(gateway, balancing).items()}
            yield Balancer(index, gateway, balancing, own, _written(index, gateway))


def _written(index: int, gateway: Gateway) -> dict[str, tuple[Path, str]]:
    """What is in `values` is merged last, so it wins."""
    return {
        key.removeprefix(PREFIX): ((*path, key), str(value))
        for path, annotations in _sources(index, gateway)
        for key, value in annotations.items()
        if key.startswith(PREFIX)
    }


def _sources(index: int, gateway: Gateway) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    base: Path = ("gateways", index)
    yield (*base, "loadBalancer", "annotations"), gateway.load_balancer.annotations
    service = as_map(gateway.values.get("service"))
    yield (*base, "values", "service", "annotations"), as_map(service.get("annotations"))
