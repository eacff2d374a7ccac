"""Which Telemetry has proxies log requests, and by which providers?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.telemetry.access_logs import AccessLogs
from fairlead_mesh.telemetry.labels import AppTelemetry, MetricLabels, metrics, traces

PROVIDERS = {"text": "fairlead-log-text", "json": "fairlead-log-json"}
"""Format -> the extension provider that writes it; without a format it is Istio's own, which the mesh config sets."""
_OWN = "envoy"


def telemetry(
    name: str,
    namespace: str,
    logs: AccessLogs | None,
    labels: Mapping[str, str] | None = None,
    said: AppTelemetry | MetricLabels | None = None,
) -> Manifest:
    """The Telemetry of a namespace, or of the pods with these labels; what it does not say is as the mesh has it."""
    of_app = said if isinstance(said, AppTelemetry) and (said.sampling is not None or said.tags) else None
    selector = {"matchLabels": dict(labels)} if labels else None
    return {
        "apiVersion": "telemetry.istio.io/v1",
        "kind": "Telemetry",
        "metadata": {"name": name, "namespace": namespace},
        "spec": given(
            selector=selector,
            accessLogging=[access_logging(logs)] if logs else [],
            metrics=metrics(said),
            tracing=traces(of_app.sampling, of_app.tags) if of_app else [],
        ),
    }


def access_logging(logs: AccessLogs) -> dict[str, Any]:
    """The entry of a Telemetry."""
    if not logs.enabled:
        return {"disabled": True}
    provider = logs.provider or PROVIDERS.get(logs.format or "", _OWN)
    return given(providers=[{"name": provider}], filter=given(expression=logs.filter))


def log_providers(every: Iterable[AccessLogs]) -> Iterator[dict[str, Any]]:
    """The extension providers of the formats that are used; an empty map of labels is Envoy's own JSON."""
    used = {logs.format for logs in every if logs.enabled}
    formats: dict[str, dict[str, Any]] = {"text": {}, "json": {"logFormat": {"labels": {}}}}
    for name, said in formats.items():
        if name in used:
            yield {"name": PROVIDERS[name], "envoyFileAccessLog": {"path": "/dev/stdout", **said}}


def log_formats(every: Iterable[AccessLogs], mesh_config: Mapping[str, Any]) -> frozenset[str]:
    """The formats in which access logs are on standard output; a provider of the mesh config's own has another way."""
    usual = "json" if mesh_config.get("accessLogEncoding") == "JSON" else "text"
    found = {logs.format or usual for logs in every if logs.enabled and not logs.provider}
    return frozenset(found | ({usual} if mesh_config.get("accessLogFile") else set()))
