"""Is an addon asked for what was just sent? Servers that answer as each product's API does, and a real Prometheus."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fairlead.cluster.child import child
from fairlead.verify.command import subject_of
from fairlead.verify.live.addon_answers import SHOWN, Just, Shown
from fairlead.verify.live.addon_http import AddonHttp
from fairlead.verify.live.prometheus import Counted, Prometheus
from fairlead.verify.sending import CannotSendError
from fairlead.verify.verify import promised
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.kiali import Kiali
from fairlead_mesh.addons.loki import Loki
from fairlead_mesh.addons.prometheus import Prometheus as PrometheusAddon
from fairlead_mesh.addons.tracing import Tracing
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

NOW = 1_800_000_000.0
TRACE = "5af7183fb1d4cf5f6d21e8ab3c1d2e4f"
JUST = Just(["hello/hello-v1", "hello/hello-v2"], NOW, [TRACE])
Answers = Mapping[str, Any]


class Cluster:
    """Answers the paths of one Service."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.asked = answers, list[tuple[str, int, str]]()

    def fetch(self, service: str, port: int, path: str) -> bytes:
        self.asked.append((service, port, path))
        found = self.answers.get(urlsplit(path).path)
        if found is None:
            raise CannotSendError("answers 404")
        return json.dumps(found).encode()


class Asked:
    """A server that is asked by a function."""

    def __init__(self, ask: Callable[[str, int, str], bytes]) -> None:
        self._ask = ask

    def fetch(self, service: str, port: int, path: str) -> bytes:
        return self._ask(service, port, path)


def shown(product: str, addon: Any, answers: Answers) -> Shown:
    return SHOWN[product](AddonHttp(Cluster(answers), addon), JUST, 0.0)


def node(name: str, workload: str) -> dict[str, Any]:
    return {"data": {"id": name, "workload": workload, "namespace": "hello", "nodeType": "workload"}}


def graph(target: str) -> Answers:
    edges = [{"data": {"id": "e", "source": "a", "target": target}}]
    nodes = [node("a", "client"), node("b", "hello-v1"), node("c", "other")]
    return {"/kiali/api/namespaces/graph": {"elements": {"nodes": nodes, "edges": edges}}}


def test_kiali_draws_the_edge_or_does_not() -> None:
    assert shown("Kiali", Kiali(), graph("b")) == Shown(True, "Kiali draws an edge from hello/client to hello/hello-v1")
    assert shown("Kiali", Kiali(), graph("c")) == Shown(
        False, "Kiali draws no edge to hello/hello-v1 or hello/hello-v2"
    )


def test_a_trace_has_arrived_or_not() -> None:
    jaeger = {f"/jaeger/api/traces/{TRACE}": {"data": [{"spans": [{}, {}]}]}}
    assert shown("Jaeger", Tracing(), jaeger) == Shown(True, f"trace {TRACE} has 2 spans")
    lost = shown("Jaeger", Tracing(), {"/jaeger/api/services": {"data": ["hello.hello"]}})
    assert not lost.is_right
    assert lost.seen.endswith("services that it has traces of: hello.hello")
    zipkin = Tracing(provider="zipkin")
    assert shown("Zipkin", zipkin, {f"/zipkin/api/v2/trace/{TRACE}": [{}]}).is_right
    assert shown("Zipkin", zipkin, {"/zipkin/api/v2/services": []}).seen.endswith("traces of: none")


def test_tempo_has_the_trace_or_not_and_loki_is_ready_or_not() -> None:
    trace = {"batches": [{"scopeSpans": [{"spans": [{}, {}, {}]}]}]}
    tempo = Tracing(provider="tempo")
    assert shown("Tempo", tempo, {f"/api/traces/{TRACE}": trace}) == Shown(True, f"trace {TRACE} has 3 spans")
    assert not shown("Tempo", tempo, {}).is_right
    ready = Asked(lambda *_: b"ready\n")
    assert SHOWN["Loki"](AddonHttp(ready, Loki()), JUST, 0.0).is_right
    starting = Asked(lambda *_: b"Ingester not ready: waiting for 15s after being ready")
    assert not SHOWN["Loki"](AddonHttp(starting, Loki()), JUST, 0.0).is_right


def test_grafana_says_whether_it_is_healthy() -> None:
    assert shown("Grafana", Grafana(), {"/api/health": {"database": "ok", "version": "13"}}).is_right
    assert not shown("Grafana", Grafana(), {"/api/health": {"database": "failing"}}).is_right


def test_an_addon_is_asked_where_the_stack_file_says_it_is() -> None:
    cluster = Cluster({"/api/health": {"database": "ok"}})
    AddonHttp(cluster, Grafana.model_validate({"url": "http://grafana.monitoring:3001"})).json("/api/health")
    assert cluster.asked == [("monitoring/grafana", 3001, "/api/health")]
    with pytest.raises(CannotSendError, match="is not in the cluster"):
        AddonHttp(cluster, Grafana.model_validate({"url": "http://grafana.example.com"}))


def series(workload: str, *samples: tuple[float, int], code: str = "200") -> dict[str, Any]:
    labels = {"destination_workload": workload, "destination_workload_namespace": "hello", "response_code": code}
    return {"metric": labels, "values": [[at, str(value)] for at, value in samples]}


def counted(*result: dict[str, Any]) -> list[Counted]:
    answer = {"status": "success", "data": {"resultType": "matrix", "result": list(result)}}
    return Prometheus(AddonHttp(Cluster({"/api/v1/query": answer}), PrometheusAddon())).counted(300, NOW)


def test_requests_are_counted_exactly_from_samples() -> None:
    old = NOW - 290
    found = counted(
        series("v1", (old, 100), (old + 15, 170), (NOW, 174)),
        series("v2", (old, 50), (NOW, 7), code="503"),
        series("v2", (NOW - 100, 5), (NOW, 9)),
        series("v3", (old, 3), (NOW, 3)),
    )
    assert found == [Counted("hello/v1", "200", 74), Counted("hello/v2", "200", 9), Counted("hello/v2", "503", 7)]


def test_metrics_of_other_workloads_are_not_those_that_were_sent() -> None:
    answer = {"status": "success", "data": {"result": [series("other", (NOW - 5, 1), (NOW, 3))]}}
    said = shown("Prometheus", PrometheusAddon(), {"/api/v1/query": answer})
    assert said == Shown(False, "no istio_requests_total to hello/hello-v1 or hello/hello-v2 since they were sent")


class Proxies(BaseHTTPRequestHandler):
    """Metrics as proxies' agents show them; each look finds 7 requests more to v1 and 3 more to v2."""

    looks = 0

    def do_GET(self) -> None:
        type(self).looks += 1
        lines = [
            f'istio_requests_total{{reporter="source",source_workload="edge",destination_workload="hello-{version}",'
            f'destination_workload_namespace="hello",response_code="200"}} {each * self.looks}'
            for version, each in (("v1", 7), ("v2", 3))
        ]
        body = ("# TYPE istio_requests_total counter\n" + "\n".join(lines) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@contextmanager
def scraping(folder: Path) -> Iterator[Callable[[str, int, str], bytes]]:
    """A real Prometheus that scrapes these proxies every second."""
    targets = ThreadingHTTPServer(("127.0.0.1", 0), Proxies)
    threading.Thread(target=targets.serve_forever, daemon=True).start()
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxies) as free:
        port = free.server_address[1]
    config = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [
            {"job_name": "x", "static_configs": [{"targets": [f"127.0.0.1:{targets.server_address[1]}"]}]}
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    where = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    command = ["prometheus", *where, f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    with child(command, **quiet):

        def fetch(_service: str, _port: int, path: str) -> bytes:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.read()

        deadline = time.monotonic() + 20
        while Proxies.looks < 4 and time.monotonic() < deadline:
            time.sleep(0.1)
        yield fetch
    targets.shutdown()
    targets.server_close()


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("prometheus"), reason="prometheus is not on PATH")
def test_a_real_prometheus_is_read(tmp_path: Path) -> None:
    with scraping(tmp_path) as fetch:
        http = AddonHttp(Asked(fetch), PrometheusAddon())
        found = Prometheus(http).counted(
            60, time.time(), ("reporter", "=", "source"), ("source_workload", "=~", "ed.e")
        )
        assert [each.workload for each in found] == ["hello/hello-v1", "hello/hello-v2"]
        assert found[0].number * 3 == found[1].number * 7 > 0
        assert Prometheus(http).counted(60, time.time(), ("source_workload", "=", 'no"such')) == []
        just = Just(["hello/hello-v1"], time.time() - 2)
        assert SHOWN["Prometheus"](http, just, 0.0).is_right


def test_a_query_names_labels_and_a_window() -> None:
    cluster = Cluster({"/api/v1/query": {"data": {"result": []}}})
    Prometheus(AddonHttp(cluster, PrometheusAddon())).counted(
        300, NOW, ("reporter", "=", "source"), ("source_workload", "!=", "edge")
    )
    (_, _, path) = cluster.asked[0]
    query = parse_qs(urlsplit(path).query)
    assert query["query"] == ['istio_requests_total{reporter="source", source_workload!="edge"}[300s]']


def test_every_addon_of_the_dev_stack_is_tested() -> None:
    stack_file = read_stack_file(PROGRAM, stack="dev", config_file=None, overrides=None)
    found = [each for each in promised(subject_of(stack_file, PROGRAM)) if each.check == "addons"]
    assert [(each.about, each.untested) for each in found] == [
        ("grafana", ""),
        ("kiali", ""),
        ("prometheus", ""),
        ("tracing", ""),
    ]


def test_pods_that_send_are_not_tried_where_a_network_policy_keeps_them_out() -> None:
    stack_file = read_stack_file(PROGRAM, stack="local", config_file=None, overrides=None)
    found = [each for each in promised(subject_of(stack_file, PROGRAM)) if "tracing.istio-system" in each.sentence]
    assert found
    why = (
        "a NetworkPolicy says who reaches istio-system/jaeger, and the pod that would send has no label of its clients"
    )
    assert {each.untested for each in found} == {why}
