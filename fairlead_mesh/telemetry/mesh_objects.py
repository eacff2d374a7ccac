"""What is applied for the whole mesh in Istio's own namespace? What addons ask of it, and access logs."""

from __future__ import annotations

from fairlead_mesh.addons.addons import AddonSections
from fairlead_mesh.findings import Path
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.telemetry.log_telemetry import access_logging, telemetry

_KIND = "Telemetry"


def mesh_objects(istio: Istio, addons: AddonSections) -> dict[str, tuple[Path, Manifest]]:
    """Logical name -> the part of the stack file and the object.

    A namespace has one Telemetry without a selector, so that logs go into that of tracing where there is one.
    """
    found: dict[str, tuple[Path, Manifest]] = {}
    logs = istio.access_logs if istio.logs_by_telemetry else None
    for addon in addons.named:
        for name, manifest in addon.mesh_objects(istio.namespace).items():
            if logs and manifest["kind"] == _KIND:
                spec = {**manifest["spec"], "accessLogging": [access_logging(logs)]}
                found[name], logs = (("addons", addon.key), {**manifest, "spec": spec}), None
            else:
                found[name] = (("addons", addon.key), manifest)
    if logs:
        found["mesh-access-logs"] = (("istio", "accessLogs"), telemetry("mesh-default", istio.namespace, logs))
    return found
