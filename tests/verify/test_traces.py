"""Does a trace arrive that a request begins, though the proxy keeps none by itself? A real Envoy, either provider."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairlead.verify.live.addons_check import begun_trace
from tests.fixtures.live.envoy_proxy import endpoints, envoy

pytestmark = pytest.mark.process

TRACE, SPAN = "5af7183fb1d4cf5f6d21e8ab3c1d2e4f", "00f067aa0ba902b7"
TYPE = "type.googleapis.com/envoy.config.trace.v3"
PROVIDERS: dict[str, dict[str, Any]] = {
    "zipkin": {
        "@type": f"{TYPE}.ZipkinConfig",
        "collector_cluster": "apps",
        "collector_endpoint": "/api/v2/spans",
        "collector_endpoint_version": "HTTP_JSON",
        "trace_id_128bit": True,
    },
    "opentelemetry": {
        "@type": f"{TYPE}.OpenTelemetryConfig",
        "http_service": {"http_uri": {"uri": "http://apps/v1/traces", "cluster": "apps", "timeout": "1s"}},
        "service_name": "edge",
    },
}


class Collector(BaseHTTPRequestHandler):
    """The app, and what takes spans."""

    got: bytes = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        type(self).got += self.rfile.read(int(self.headers.get("content-length", 0)))
        while "content-length" not in self.headers and (size := int(self.rfile.readline(), 16)):
            type(self).got += self.rfile.read(size)
            self.rfile.readline()
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture
def collector() -> Iterator[int]:
    Collector.got = b""
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_trace_that_is_begun_is_kept_and_has_the_id_that_it_was_given(
    name: str, collector: int, tmp_path: Path
) -> None:
    provider = {"name": f"envoy.tracers.{name}", "typed_config": PROVIDERS[name]}
    tracing = {"provider": provider, "random_sampling": {"value": 0}, "client_sampling": {"value": 100}}
    hosts = [{"name": "apps", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "apps"}}]}]
    known = {"apps": endpoints("apps", collector)}
    with envoy(tmp_path, hosts, known, manager={"tracing": tracing}) as proxy:
        assert proxy.status("/", "apps") == 200
        time.sleep(0.3)
        assert Collector.got == b""
        assert proxy.status("/", "apps", **begun_trace(TRACE, SPAN)) == 200
        deadline = time.monotonic() + 5
        while not Collector.got and time.monotonic() < deadline:
            time.sleep(0.02)
    assert TRACE.encode() in Collector.got or bytes.fromhex(TRACE) in Collector.got
