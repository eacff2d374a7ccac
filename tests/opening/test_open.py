"""Does `open` lead to a page, and end as it should? A real API server, and a kubelet that this machine plays."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.api_server import CONTEXT, ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.live.kubelet import Kubelet, killed, node, started
from tests.fixtures.placed import POD, there, thing

NAMESPACE = "pages"
LABELS = {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": "grafana"}
STACK = f"""
config:
  fairlead:cluster: {{kubeconfig: {{context: THE_CONTEXT}}}}
  fairlead:gateways: [{{name: istio-ingress}}]
  fairlead:addons:
    prometheus: {{url: "https://metrics.example.com/prometheus"}}
    grafana:
      namespace: {NAMESPACE}
      expose:
        {{host: g.example.com, gateway: istio-ingress, tls: {{credentialName: g}}, allow: {{cidrs: [10.0.0.0/8]}}}}
    fluentBit: {{}}
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the page")

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture(scope="module", name="page")
def _page(live_cluster: LiveCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pod = thing(
        *("v1", "Pod", "grafana", NAMESPACE),
        metadata={"labels": LABELS},
        spec={**POD, "automountServiceAccountToken": False},
    )
    ports = [{"port": 3000, "targetPort": 3000}]
    service = thing("v1", "Service", "grafana", NAMESPACE, spec={"selector": LABELS, "ports": ports})
    home, account = thing("v1", "Namespace", NAMESPACE), thing("v1", "ServiceAccount", "default", NAMESPACE)
    folder = tmp_path_factory.mktemp("kubelet")
    with (
        Kubelet(folder, {3000: server.server_address[1]}, os.environ) as kubelet,
        node(live_cluster, kubelet),
        there(live_cluster, home, account, pod, service),
    ):
        started(live_cluster, pod)
        yield
        killed(live_cluster, NAMESPACE, "grafana")
    server.shutdown()
    server.server_close()


def command(tmp_path: Path, *words: str, context: str = "none") -> list[str]:
    stack = tmp_path / "Pulumi.pages.yaml"
    stack.write_text(STACK.replace("THE_CONTEXT", context), encoding="utf-8")
    return [sys.executable, "-m", "fairlead", "open", *words, "--config-file", str(stack)]


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(tmp_path, *words), cwd=PROGRAM, capture_output=True, text=True, check=False)


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> dict[str, str]:
    """In which a browser writes down what it is to open."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(0o755)
    return {**os.environ, "BROWSER": str(browser)}


@pytest.mark.apiserver
@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_forwards_a_port_opens_the_browser_and_ends_at_ctrl_c(
    api_server: ApiServer, tmp_path: Path, environment: dict[str, str], end: signal.Signals
) -> None:
    words = command(tmp_path, "grafana", "--kubeconfig", str(api_server.kubeconfig), context=CONTEXT)
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        subprocess.Popen(
            words, cwd=PROGRAM, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running,
    ):
        assert taken
        assert running.stdout
        assert running.stderr
        url = running.stdout.readline().strip()
        assert re.fullmatch(r"http://localhost:\d+", url), url + running.stderr.read()
        assert "pod pages/grafana, port 3000" in running.stdout.readline()
        elsewhere = "https://g.example.com, through the gateway istio-ingress, for whom its key expose allows"
        assert running.stdout.readline() == f"Without a forwarded port it is at {elsewhere}.\n"
        page = HTTPConnection(url.removeprefix("http://"), timeout=10)
        page.request("GET", "/")
        assert page.getresponse().read() == b"the page"
        page.close()
        assert (tmp_path / "opened").read_text(encoding="utf-8").strip() == url
        running.send_signal(end)
        _, errors = running.communicate(timeout=20)
    assert (running.returncode, errors) == (0, "")


@pytest.mark.apiserver
@pytest.mark.usefixtures("page")
def test_a_port_that_is_taken_is_said(api_server: ApiServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        kubeconfig = ["--kubeconfig", str(api_server.kubeconfig)]
        words = command(tmp_path, "grafana", *kubeconfig, "--port", port, context=CONTEXT)
        ran = subprocess.run(words, cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert f"port {port} of this machine is taken" in ran.stderr


@pytest.mark.snapshot
@pytest.mark.process
def test_an_address_outside_of_the_cluster_is_opened_as_it_is(tmp_path: Path, environment: dict[str, str]) -> None:
    words = command(tmp_path, "prometheus")
    ran = subprocess.run(words, cwd=PROGRAM, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "https://metrics.example.com/prometheus\n")
    assert (tmp_path / "opened").exists()


@pytest.mark.snapshot
@pytest.mark.process
def test_without_a_screen_only_the_address_is_printed(tmp_path: Path, environment: dict[str, str]) -> None:
    words = command(tmp_path, "prometheus", "--no-browser")
    ran = subprocess.run(words, cwd=PROGRAM, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout == "https://metrics.example.com/prometheus\n"
    assert not (tmp_path / "opened").exists()


@pytest.mark.snapshot
@pytest.mark.process
@pytest.mark.parametrize("name", ["kiali", "fluentBit"])
def test_an_addon_without_a_page_is_none(name: str, tmp_path: Path) -> None:
    ran = run(tmp_path, name)
    assert ran.returncode == 1
    assert f"names no addon {name} with a page; it has grafana, prometheus" in ran.stderr
