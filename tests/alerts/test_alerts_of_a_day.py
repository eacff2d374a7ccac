"""Does each alert fire on its fault, and on nothing else in three recorded days? promtool evaluates the rules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead_mesh.alerts.alerts import Alerts
from fairlead_mesh.alerts.rule_groups import alerting_groups, recording_groups
from fairlead_mesh.promises.promise import Promise
from fairlead_mesh.promises.slo import Slo
from tests.fixtures.metrics.recorded_day import (
    CERTIFICATE,
    DAY,
    FAILURES,
    GATEWAY_CPU,
    ISSUED,
    ISTIOD,
    REJECTED,
    SHOWN,
    Fault,
    from_noon,
    recorded,
)

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.process,
    pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not on PATH (Debian: apt install prometheus)"),
]

SLO = Slo.model_validate({"availability": 99.9, "latency": {"p": 99, "under": "300ms"}})
PROMISES = (Promise("shop", "default", ("shop",), SLO),)
GATEWAYS = (("istio-ingress", "istio-ingress"),)
CONVERGENCE = 'pilot_proxy_convergence_time_bucket{le="1"}'
WEBHOOK = (
    'apiserver_admission_webhook_rejection_count{error_type="calling_webhook_error", name="rev.validation.istio.io"}'
)
NEW = "_x{before} 1x{after}"

FAULTS: dict[str, Fault] = {
    # Nothing: a replaced istiod, a rejection of long ago, renewed certificates, few errors.
    "": Fault(),
    "ErrorBudgetBurns1h": Fault(failed=from_noon(0, 0.3, minutes=5), days=3),
    "ErrorBudgetBurns1h latency": Fault(late=from_noon(0, 0.9, minutes=15), days=3),
    "ErrorBudgetBurns6h": Fault(failed=from_noon(0, 0.0125, minutes=200), days=3),
    "ErrorBudgetBurns1d": Fault(failed=lambda minute: 0.0055 if minute > 8 * 60 else 0, days=3),
    "ErrorBudgetBurns3d": Fault(failed=lambda _: 0.0015, days=3),
    "ServerErrors": Fault(web_failed=from_noon(0.01, 0.1)),
    "SlowAnswers": Fault(web_late=from_noon(0, 0.2)),
    "ControlPlaneDown": Fault(series={ISTIOD: "_x{replaced} 1x197 stale"}),
    "ProxiesOutOfSync": Fault(series={CONVERGENCE: "0+10x{before} 0+8x{after}"}),
    "ProxyDisconnected": Fault(series={FAILURES: "1x{before} 1+4x{after}"}),
    "ConfigRejected": Fault(series={REJECTED.replace("lds", "cds"): NEW}),
    "ConfigRejected again": Fault(series={REJECTED: "2x{before} 3x{after}"}),
    "WebhookUnreachable": Fault(series={WEBHOOK: NEW}),
    "InjectionFails": Fault(series={"sidecar_injection_failure_total": NEW}),
    "ValidationFails": Fault(series={'galley_validation_http_error{status="400"}': NEW}),
    "RootCertificateExpires": Fault(series={"citadel_server_root_cert_expiry_seconds": "2630000-60x{all}"}),
    "IssuingCertificateExpires": Fault(series={"citadel_server_cert_chain_expiry_seconds": "1240000-60x{all}"}),
    "WorkloadCertificateExpires": Fault(series={CERTIFICATE: "86400-60x{all}"}),
    "GatewayCertificateExpires": Fault(series={SHOWN: "1250000x{all}"}),
    "CertificateNotIssued": Fault(series={ISSUED: "0x{before} 1x{after}"}),
    "GatewaySaturated": Fault(series={GATEWAY_CPU: "0+48x{before} 0+115x{after}"}),
}


def groups(alerts: Alerts | None = None) -> list[dict[str, Any]]:
    return [*recording_groups(PROMISES, declared_splits=True), *alerting_groups(PROMISES, GATEWAYS, alerts or Alerts())]


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_alert_of_a_fault_fires_and_no_other(name: str, tmp_path: Path) -> None:
    """Of all the days, so that one that fires once and stops is seen as well."""
    fault = FAULTS[name]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": groups()}), encoding="utf-8")
    query = 'count by (alertname, slo) (count_over_time(ALERTS{alertstate="firing"}[3d]))'
    alert, _, slo = name.partition(" ")
    kind = (slo or "availability") if alert.startswith("ErrorBudget") else ""
    labels = f'{{alertname="{alert}"' + (f', slo="{kind}"' if kind else "") + "}"
    expected = [{"labels": labels, "value": 1}] if alert else []
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in recorded(fault).items()],
        "promql_expr_test": [{"expr": query, "eval_time": f"{fault.days * DAY}m", "exp_samples": expected}],
    }
    # Every two minutes is less often than Prometheus does it, which takes a long time for days.
    interval = "2m" if fault.days == 1 else "5m"
    whole = {"rule_files": ["rules.yaml"], "evaluation_interval": interval, "tests": [test]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    command = ["promtool", "test", "rules", "test.yaml"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_alert_has_a_fault_here() -> None:
    named = {rule["alert"] for group in groups() for rule in group["rules"] if "alert" in rule}
    assert named == {name.partition(" ")[0] for name in FAULTS if name}
