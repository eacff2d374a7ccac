"""Which requests go where, and what is done to them? The section of an app: its Service, versions and routes."""

from __future__ import annotations

from pydantic import Field

from fairlead_mesh.access.app_access import AppAccess
from fairlead_mesh.apps.app_service import AppService
from fairlead_mesh.apps.handling import Handling
from fairlead_mesh.apps.object_names import ObjectNames
from fairlead_mesh.apps.route import Route
from fairlead_mesh.apps.traffic_policy import TrafficPolicy
from fairlead_mesh.apps.version import Version
from fairlead_mesh.keys.scalars import DnsLabel, Hostname, NonEmpty
from fairlead_mesh.model.hostnames import covers
from fairlead_mesh.model.virtual_service import MESH
from fairlead_mesh.promises.slo import Slo


class App(AppAccess, TrafficPolicy, Handling, AppService):
    """One app behind a Service that exists; what is here is its routing."""

    hosts: list[Hostname] = Field(default=["*"], min_length=1)
    """Hosts at the gateways; defaults to every host."""
    gateways: list[NonEmpty] = Field(default=[MESH], min_length=1)
    """Gateways of this stack that route to it; `mesh` means clients inside the mesh."""
    versions: list[Version] = Field(default_factory=list[Version])
    """Its versions, if requests are split between them."""
    delegated: bool = False
    """Whether another app's routes delegate to it: it has no hosts and gateways of its own then, and its routes take a
    part of what the delegating route takes."""
    active: DnsLabel | None = None
    """The version that gets the requests of routes without weights, such as blue; the others wait. To go over to
    another version, or back, change this word."""
    slo: Slo | None = None
    """What it promises its clients, such as {availability: 99.9, latency: {p: 99, under: 300ms}}: Prometheus alerts
    while its error budget burns too fast."""
    object_names: ObjectNames = ObjectNames()
    """Names of its objects that existed before the stack, where they do not have the name of the app, such as
    {virtualService: bookinfo, destinationRule: reviews-subsets}; `fairlead init` writes it."""
    routes: list[Route] = Field(default_factory=list[Route])
    """Its routes in order; defaults to one that matches every request."""

    @property
    def services(self) -> list[str]:
        """Its Service, and those that versions have of their own."""
        return [self.service_name, *(version.service for version in self.versions if version.service)]

    @property
    def ingress_gateways(self) -> list[str]:
        return [name for name in self.gateways if name != MESH]

    @property
    def subsets(self) -> list[Version]:
        return [version for version in self.versions if version.service is None]

    @property
    def every_route(self) -> list[Route]:
        """Its routes, or the one that it has where it says none."""
        return self.routes or [Route()]

    @property
    def routes_in_the_mesh(self) -> bool:
        """Whether clients inside the mesh need a route to it: its Service alone would not do the same."""
        said = self.routes or self.handled or self.active
        return MESH in self.gateways and bool(said) and not self.delegated

    @property
    def routes_apart(self) -> bool:
        """Whether clients inside the mesh and those behind gateways need a VirtualService each."""
        both = bool(self.ingress_gateways) and self.routes_in_the_mesh
        return both and (self.protocol != "HTTP" or any(covers(host, self.fqdn()) for host in self.hosts))

    @property
    def answers_requests(self) -> bool:
        """Whether any of its routes sends requests to its own Service or versions."""
        return any(not (route.delegate or route.redirect or route.direct_response) for route in self.every_route)

    def shares(self, route: Route) -> dict[str, int]:
        """Weight of each version that gets requests of a route; none where its Service gets them all."""
        return route.shares or ({self.active: 100} if self.active else {})
