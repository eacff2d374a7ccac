"""What tells one version of an app from another? Labels of its pods, or a Service of its own."""

from __future__ import annotations

from pydantic import Field

from mesh.keys.scalars import DnsLabel, LabelKey, LabelValue
from mesh.keys.section import Section
from mesh.keys.together import at_most_one


class Version(Section):
    """A version of an app: pods of its Service with some labels, or a separate Service."""

    together = (
        at_most_one("labels", "service", what="a version has labels or a Service of its own: keep one of the two"),
    )

    name: DnsLabel
    """Name, as used in weights."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """Labels of its pods; default to `version: <name>` if service is not set either."""
    service: DnsLabel | None = None
    """Its separate Service, in the app's namespace."""
