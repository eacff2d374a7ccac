"""What is Tempo in a mesh? The values that make its chart one pod that keeps the traces of proxies."""

from __future__ import annotations

from fairlead_mesh.addons.persistence import Persistence, claimed
from fairlead_mesh.addons.product import NO_SIDECAR, Product, Reading, has_sidecar, opened_by, value_at, word_at
from fairlead_mesh.keys.scalars import Resources
from fairlead_mesh.keys.section import Values, given
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import TEMPO
from fairlead_mesh.workload import security_context

TEMPO_PORT = 3200
_SCRAPED = {"prometheus.io/scrape": "true", "prometheus.io/port": str(TEMPO_PORT)}
_DAYS = 7


def _read(values: Values) -> Reading:
    return Reading(
        opened_by=opened_by(values.get("service"), as_map(values.get("tempoQuery")).get("ingress")),
        anonymous=True,
        proxied=has_sidecar(values.get("podLabels")),
        retention=word_at(values, "tempo", "retention"),
        in_memory=value_at(values, "persistence", "enabled") is False,
    )


TEMPO_PRODUCT = Product("Tempo", TEMPO.name, chart=TEMPO, keeps="traces", collects=(4317, 4318), read=_read)


def tempo_values(
    *, service_type: str, persistence: Persistence | None, retention_days: int | None, resources: Resources
) -> Values:
    """One pod behind the Service `tempo`: 3200 answers queries, 4317 and 4318 take spans by OTLP."""
    return {
        "fullnameOverride": "tempo",
        "podLabels": NO_SIDECAR,
        "podAnnotations": _SCRAPED,
        "persistence": claimed(persistence, "storageClassName"),
        "service": {"type": service_type},
        "serviceAccount": {"automountServiceAccountToken": False},
        "tempo": {
            "reportingEnabled": False,
            "retention": f"{(retention_days or _DAYS) * 24}h",
            "securityContext": security_context(),
            **given(resources=resources),
        },
    }
