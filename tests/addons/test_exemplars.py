"""Do exemplars of an app come through the metrics that its proxy's agent merges, into a real Prometheus?

The agent writes its own metrics, Envoy's as text, and at last the app's, whose format it names for all of it
(handleStats in pilot/cmd/pilot-agent/status/server.go of istio/istio). It never asks Envoy for OpenMetrics.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead_mesh.config import Config
from tests.fixtures.loopback.envoy import free_ports
from tests.fixtures.metrics.real_prometheus import RealPrometheus, exposition

pytestmark = pytest.mark.mesh

TRACE = "0af7651916cd43dd8448eb211c80319c"
OF_APP = f"""\
# TYPE shop_request_seconds histogram
shop_request_seconds_bucket{{le="0.1"}} 3 # {{trace_id="{TRACE}"}} 0.07
shop_request_seconds_bucket{{le="+Inf"}} 4
shop_request_seconds_sum 1
shop_request_seconds_count 4
# EOF
"""


def values(key: str, **addons: Any) -> dict[str, Any]:
    raw = {"cluster": {"kubeconfig": {"context": "none"}}, "addons": {"grafana": {}, **addons}}
    config = Config.model_validate(raw)
    [addon] = [each for each in config.addons.named if each.key == key]
    return addon.chart_values(config.around_addons())


def features(**keys: Any) -> list[str]:
    return values("prometheus", prometheus=keys)["server"]["extraFlags"]


def test_prometheus_keeps_them_where_the_stack_file_says() -> None:
    assert features() == ["enable-feature=auto-reload-config"]
    assert features(exemplars=True) == ["enable-feature=auto-reload-config,exemplar-storage"]


def test_grafana_leads_from_them_to_the_traces_that_it_reads() -> None:
    def leads(**addons: Any) -> Any:
        sources = values("grafana", **addons)["datasources"]["datasources.yaml"]["datasources"]
        return sources[0]["jsonData"].get("exemplarTraceIdDestinations")

    names = [{"name": name, "datasourceUid": "jaeger"} for name in ("trace_id", "traceID")]
    assert leads(prometheus={"exemplars": True}, tracing={}) == names
    assert leads(prometheus={}, tracing={}) is None
    assert leads(prometheus={"exemplars": True}) is None


class Agent(BaseHTTPRequestHandler):
    """Port 15020 of a pod whose app speaks OpenMetrics."""

    def do_GET(self) -> None:
        proxy = [line for line in exposition("proxy").splitlines() if line[0] != "#" or line.startswith("# TYPE")]
        self.send_response(200)
        self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.end_headers()
        self.wfile.write(("\n".join(proxy) + "\n" + OF_APP).encode())

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture(name="prometheus")
def _prometheus(tmp_path: Path) -> Iterator[RealPrometheus]:
    """With the features that the program sets, as far as this one knows them."""
    agent = ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    threading.Thread(target=agent.serve_forever, daemon=True).start()
    target = {"targets": [f"127.0.0.1:{agent.server_address[1]}"]}
    scraped = {"job_name": "pods", "scrape_interval": "1s", "static_configs": [target]}
    (tmp_path / "prometheus.yaml").write_text(yaml.safe_dump({"scrape_configs": [scraped]}), encoding="utf-8")
    [port], [flag] = free_ports(1), features(exemplars=True)
    flags = [f"--config.file={tmp_path}/prometheus.yaml", f"--storage.tsdb.path={tmp_path}/data", f"--{flag}"]
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(["prometheus", *flags, f"--web.listen-address=127.0.0.1:{port}"], stderr=log)
        try:
            yield RealPrometheus(port)
        finally:
            server.terminate()
            server.wait(timeout=20)
            agent.shutdown()
            agent.server_close()


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("prometheus"), reason="no prometheus on PATH (Debian: apt install prometheus)")
def test_an_exemplar_of_an_app_is_found_beside_the_metrics_of_its_proxy(prometheus: RealPrometheus) -> None:
    deadline, found, span = time.monotonic() + 60, list[Any](), dict[str, str]()
    while not found and time.monotonic() < deadline:
        time.sleep(0.5)
        now = time.time()
        span = {"start": str(now - 60), "end": str(now + 5)}
        try:
            found = prometheus.get("query_exemplars", query="shop_request_seconds_bucket", **span)
        except OSError:
            continue
    assert found[0]["exemplars"][0]["labels"] == {"trace_id": TRACE}
    assert prometheus.values("istio_requests_total")
    assert prometheus.get("query_exemplars", query="istio_request_duration_milliseconds_bucket", **span) == []
