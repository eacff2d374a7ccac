"""Does `doctor` say which addresses of a stack file do not answer, and which reject its credentials?"""

from __future__ import annotations

import base64
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.doctor.addresses import addresses
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.stack_file import StackFile
from tests.fixtures.evaluated import EXAMPLES, stack_file
from tests.fixtures.examined import examined, seen
from tests.fixtures.live.kubelet import Kubelet, killed, node, started
from tests.fixtures.loopback.certificates import certificate
from tests.fixtures.placed import POD, there, thing

NAMESPACE = "watch"
LABELS = {"app": "metrics"}
METRICS = f"http://metrics.{NAMESPACE}:9090"
TOKEN, OTHER = "s3same", "op3n"


class Guarded(BaseHTTPRequestHandler):
    """Knows one token, and one user with the same word as password."""

    def do_GET(self) -> None:
        basic = base64.b64encode(f"mesh:{TOKEN}".encode()).decode()
        known = self.headers.get("Authorization") in (f"Bearer {TOKEN}", f"Basic {basic}")
        self.send_response(404 if self.path == "/keys" else 200 if known else 401)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@contextmanager
def grpc() -> Iterator[int]:
    """What a gRPC server begins with, whoever comes: an empty frame of settings."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.sendall(b"\0\0\0\4\0\0\0\0\0")
                    client.recv(1024)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture(scope="module", name="cluster")
def _cluster(live_cluster: LiveCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveCluster]:
    """With one pod that answers at 9090 as above and at 4317 as gRPC does; nothing listens at 9999."""
    server, secured = (ThreadingHTTPServer(("127.0.0.1", 0), Guarded) for _ in range(2))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate(tmp_path_factory.getbasetemp(), f"metrics.{NAMESPACE}"))
    secured.socket = tls.wrap_socket(secured.socket, server_side=True)
    for each in (server, secured):
        threading.Thread(target=each.serve_forever, daemon=True).start()
    spec = {**POD, "automountServiceAccountToken": False}
    pod = thing("v1", "Pod", "metrics", NAMESPACE, metadata={"labels": LABELS}, spec=spec)
    ports = [{"name": f"p{port}", "port": port, "targetPort": port} for port in (9090, 9443, 4317, 9999)]
    service = thing("v1", "Service", "metrics", NAMESPACE, spec={"selector": LABELS, "ports": ports})
    ends = thing(
        *("discovery.k8s.io/v1", "EndpointSlice", "metrics-1", NAMESPACE),
        metadata={"labels": {"kubernetes.io/service-name": "metrics"}},
        addressType="IPv4",
        endpoints=[{"addresses": ["10.0.0.9"]}],
        ports=[{"port": 9090}],
    )
    home, account = thing("v1", "Namespace", NAMESPACE), thing("v1", "ServiceAccount", "default", NAMESPACE)
    folder = tmp_path_factory.mktemp("kubelet")
    here = {9090: server.server_address[1], 9443: secured.server_address[1]}
    with (
        grpc() as spans,
        Kubelet(folder, here | {4317: spans}, os.environ) as kubelet,
        node(live_cluster, kubelet),
        there(live_cluster, home, account, pod, service, ends),
    ):
        started(live_cluster, pod)
        yield live_cluster
        killed(live_cluster, NAMESPACE, "metrics")
    for each in (server, secured):
        each.shutdown()
        each.server_close()


def said(cluster: LiveCluster, **addons: Any) -> list[tuple[str, str]]:
    return seen("addresses", examined(cluster, addons={"kiali": {"namespace": NAMESPACE}, **addons}))


def secret(**data: str) -> dict[str, Any]:
    return thing("v1", "Secret", "metrics-login", NAMESPACE, stringData=data)


@pytest.mark.apiserver
def test_a_service_that_wants_a_login_is_asked_with_what_kiali_would_send(cluster: LiveCluster) -> None:
    assert said(cluster, prometheus={"url": METRICS}) == [
        ("warning", f"addons.prometheus.url, {METRICS} asks to log in (401)")
    ]
    bearer = {"url": METRICS, "credentials": {"bearer": "metrics-login"}}
    missing = f"addons.prometheus.url, {METRICS}: the Secret {NAMESPACE}/metrics-login"
    assert said(cluster, prometheus=bearer) == [("failed", f"{missing} does not exist")]
    with there(cluster, secret(password=TOKEN)):
        assert said(cluster, prometheus=bearer) == [("failed", f"{missing} has no key token")]
    with there(cluster, secret(token=OTHER)):
        ((verdict, text),) = said(cluster, prometheus=bearer)
        assert (verdict, "rejects the credentials of the Secret metrics-login (401)" in text) == ("failed", True)
        assert OTHER not in text
    with there(cluster, secret(token=TOKEN, username="mesh", password=TOKEN)):
        for way in ("bearer", "basic"):
            asked = {"url": METRICS, "credentials": {way: "metrics-login"}}
            text = f"addons.prometheus.url, {METRICS} answers with the Secret metrics-login"
            assert said(cluster, prometheus=asked) == [("ok", text)]


@pytest.mark.apiserver
def test_a_collector_that_speaks_grpc_answers_and_a_port_without_a_listener_does_not(cluster: LiveCluster) -> None:
    url = f"http://metrics.{NAMESPACE}:4317"
    assert said(cluster, prometheus={}, tracing={"url": url}) == [("ok", f"addons.tracing.url, {url} answers")]
    ((verdict, text),) = said(cluster, prometheus={}, tracing={"url": url.replace("4317", "9999")})
    assert verdict == "warning"
    assert f"port 9999 of pod {NAMESPACE}/metrics" in text


@pytest.mark.apiserver
def test_a_certificate_is_verified_by_the_ca_of_the_stack_file(
    cluster: LiveCluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"https://metrics.{NAMESPACE}:9443"
    ((verdict, text),) = said(cluster, prometheus={"url": url})
    assert (verdict, "certificate verify failed" in text.lower().replace("_", " ")) == ("warning", True)
    ca = (tmp_path_factory.getbasetemp() / f"metrics.{NAMESPACE}-30.crt").read_text(encoding="utf-8")
    answered = [("warning", f"addons.prometheus.url, {url} asks to log in (401)")]
    assert said(cluster, prometheus={"url": url, "credentials": {"ca": ca}}) == answered
    with there(cluster, thing("v1", "ConfigMap", "kiali-cabundle", NAMESPACE, data={"ca.crt": ca})):
        assert said(cluster, prometheus={"url": url, "credentials": {"caConfigMap": "kiali-cabundle"}}) == answered


@pytest.mark.apiserver
def test_keys_of_an_issuer_have_to_be_there(cluster: LiveCluster) -> None:
    jwt = {"issuer": "https://accounts.example.com", "jwksUri": f"{METRICS}/keys"}
    app = {"name": "shop", "port": 80, "external": {"labels": {"app": "shop"}}, "jwt": jwt}
    ((verdict, text),) = seen("addresses", examined(cluster, apps=[app]))
    assert (verdict, text) == ("warning", f"apps[0].jwt.jwksUri, {METRICS}/keys answers with 404")


@pytest.mark.mesh
def test_what_is_in_the_cluster_is_not_asked_without_it() -> None:
    assert seen("addresses", examined(addons={"prometheus": {"url": METRICS}})) == [
        ("skipped", "1 in the cluster, which is asked with --live")
    ]
    assert seen("addresses", examined()) == [("skipped", "the stack file names no address")]


def described(file: StackFile) -> list[str]:
    return [str(each) for each in addresses(described_mesh(file))]


@pytest.mark.mesh
def test_every_url_of_a_stack_file_is_one_of_them() -> None:
    """Whichever key has it: the texts of the examples are searched."""
    for path in EXAMPLES:
        text = "\n".join(line.partition("#")[0] for line in path.read_text(encoding="utf-8").splitlines())
        known = " ".join(described(stack_file(path)))
        words = {word.strip("\"',{}[]") for word in text.split() if "://" in word}
        named = {each for each in words if each.startswith("http") and f"issuer: {each}" not in text}
        assert {each for each in named if each not in known} == set(), path


@pytest.mark.mesh
def test_a_page_behind_a_gateway_is_asked_where_browsers_find_it() -> None:
    found = described(stack_file(next(path for path in EXAMPLES if path.stem == "addons-exposed")))
    assert "addons.kiali.expose.host, https://kiali.example.com/kiali" in found
