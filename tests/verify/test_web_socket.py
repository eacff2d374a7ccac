"""Is a stream opened with the credentials that kubeconfigs have, and are refusals told in the server's words?"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fairlead.cluster.web_socket import WebSocketError, web_socket
from tests.fixtures.live.kubelet import own_certificate

pytestmark = pytest.mark.mesh


class Server(BaseHTTPRequestHandler):
    """Says which credentials it was shown."""

    def do_GET(self) -> None:
        connection: Any = self.connection
        who = dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"]
        token = self.headers.get("authorization", "no token")
        body = f'{{"message": "{who} with {token} may not"}}'.encode()
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Asks for a client certificate, as minikube's and kind's API servers do."""
    context = own_certificate(folder)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(folder / "kubelet.pem")
    with HTTPServer(("127.0.0.1", 0), Server) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{listening.server_address[1]}/api"
        listening.shutdown()


def configuration(folder: Path, **said: Any) -> SimpleNamespace:
    """As the kubernetes client makes one of a kubeconfig."""
    file = str(folder / "kubelet.pem")
    usual = {"verify_ssl": True, "ssl_ca_cert": file, "cert_file": file, "key_file": file, "proxy": None}
    return SimpleNamespace(**({"assert_hostname": False, "tls_server_name": None} | usual | said))


def test_a_client_certificate_and_a_token_are_shown(tmp_path: Path) -> None:
    with server(tmp_path) as url, pytest.raises(WebSocketError) as refused:
        web_socket(configuration(tmp_path), url, {"authorization": "Bearer t"})
    assert (refused.value.status, str(refused.value)) == (403, "kubelet-of-a-test with Bearer t may not")


def test_a_server_that_another_authority_signed_is_not_spoken_to(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    own_certificate(other)
    with server(tmp_path) as url, pytest.raises(WebSocketError, match="certificate verify failed") as refused:
        web_socket(configuration(tmp_path, ssl_ca_cert=str(other / "kubelet.pem")), url, {"authorization": "Bearer t"})
    assert refused.value.status == 0


def test_a_name_that_the_certificate_does_not_have_is_not_spoken_to(tmp_path: Path) -> None:
    with server(tmp_path) as url, pytest.raises(WebSocketError, match="certificate verify failed"):
        web_socket(configuration(tmp_path, assert_hostname=None), url, {})
    with server(tmp_path) as url, pytest.raises(WebSocketError) as refused:
        web_socket(configuration(tmp_path, verify_ssl=False, assert_hostname=None), url, {})
    assert refused.value.status == 403
