"""What is applied for the whole mesh in Istio's own namespace? What addons ask of it, access logs and labels."""

from __future__ import annotations

from fairlead_mesh.addons.addons import AddonSections
from fairlead_mesh.findings import Path
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.telemetry.labels import metrics
from fairlead_mesh.telemetry.log_telemetry import access_logging, telemetry

_KIND = "Telemetry"


def mesh_objects(istio: Istio, addons: AddonSections) -> dict[str, tuple[Path, Manifest]]:
    """Logical name -> the part of the stack file and the object.

    A namespace has one Telemetry without a selector, so that logs and labels go into that of tracing, if any.
    """
    found: dict[str, tuple[Path, Manifest]] = {}
    logs = istio.access_logs if istio.logs_by_telemetry else None
    own = given(accessLogging=[access_logging(logs)] if logs else [], metrics=metrics(istio.telemetry))
    for addon in addons.named:
        for name, manifest in addon.mesh_objects(istio.namespace).items():
            if own and manifest["kind"] == _KIND:
                found[name], own = (("addons", addon.key), {**manifest, "spec": {**manifest["spec"], **own}}), {}
            else:
                found[name] = (("addons", addon.key), manifest)
    if own:
        name, key = ("mesh-access-logs", "accessLogs") if logs else ("mesh-telemetry", "telemetry")
        found[name] = (("istio", key), telemetry("mesh-default", istio.namespace, logs, said=istio.telemetry))
    return found
