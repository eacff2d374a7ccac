"""How long may a release take until its pods are ready, and behind a load balancer until that has its address?"""

from __future__ import annotations

from fairlead_mesh.keys.scalars import Duration, seconds
from fairlead_mesh.keys.section import Section


class Timeouts(Section):
    """How long `pulumi up` waits for releases; what takes longer has failed."""

    releases: Duration | None = None
    """Of Istio and the addons, and of gateways without a time of their own; defaults to Helm's 5m."""
    gateway_releases: Duration | None = None
    """Of gateways; defaults to 15m behind a load balancer of AWS, whose pods come one after the other, and else to that
    of releases."""

    @property
    def release_seconds(self) -> int | None:
        """None for Helm's own."""
        return seconds(self.releases) if self.releases else None

    @property
    def gateway_seconds(self) -> int | None:
        """None where the stack file says nothing of gateways."""
        return seconds(self.gateway_releases) if self.gateway_releases else None
