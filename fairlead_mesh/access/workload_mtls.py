"""Which connections do the pods of an app accept? Its key `mtls`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from fairlead_mesh.istio import MutualTls
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.short import Short
from fairlead_mesh.keys.together import at_least_one


def _text(value: Any) -> Any:
    """YAML reads a port as a number, and Pulumi hands every key over as a text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


PortKey = Annotated[str, Form(r"[1-9]\d{0,4}", "write the number of a port, such as 9090"), BeforeValidator(_text)]


class WorkloadMtls(Short):
    """mTLS mode of an app's pods; a plain string is the mode of every port."""

    plain: ClassVar[str] = "mode"
    together = (at_least_one("mode", "ports", what="say a mode, or modes of ports"),)

    mode: MutualTls | None = None
    """Mode of every port; defaults to that of the namespace."""
    ports: dict[PortKey, MutualTls] = Field(default_factory=dict[str, MutualTls])
    """Mode of a port of the pods, such as `9090: permissive` for a Prometheus outside the mesh."""
