"""What tells one version of an app from another? Labels of its pods, or a Service of its own."""

from __future__ import annotations

from pydantic import Field

from fairlead_mesh.apps.traffic_policy import TrafficPolicy
from fairlead_mesh.keys.scalars import DnsLabel, LabelKey, LabelValue, PortNumber
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_most_one


class VersionPods(Section):
    """The pods of a version."""

    name: DnsLabel
    """Name, as used in weights."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """Labels of its pods; default to `version: <name>` if service is not set either."""
    service: DnsLabel | None = None
    """Its separate Service, in the app's namespace."""
    port: PortNumber | None = None
    """Port of its Service that requests go to; defaults to the app's."""


class Version(TrafficPolicy, VersionPods):
    """A version of an app: pods of its Service with some labels, or a separate Service. What it says of circuitBreaker
    or loadBalancing is used instead of the app's."""

    together = (
        at_most_one("labels", "service", what="a version has labels or a Service of its own: keep one of the two"),
    )
