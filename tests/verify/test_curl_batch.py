"""Is each request of a batch answered as curl saw it? The real curl, and servers that fail in each way."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest

from fairlead.verify.live import pod_tools
from fairlead.verify.live.curl_batch import curl_answers, curl_config, error_of
from fairlead.verify.live.pod_exec import Ran
from fairlead.verify.live.pod_tools import sending
from fairlead.verify.sending import TIMEOUT, Address, Answer, CannotSendError, Sent
from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.traffic.outcome import CLOSED, NO_NAME, REFUSED, RESET, TLS

pytestmark = [pytest.mark.process, pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on PATH")]

MARK = "@@5f2c"
PROGRAMS = ("curl", "python3")


class App(BaseHTTPRequestHandler):
    """Answers with what it saw; a body with the mark's beginning, blank lines and bytes that are no text."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = [self.command, self.path, *(f"{key}: {value}" for key, value in sorted(self.headers.items()))]
        body = "\n".join(said).encode() + b"\r\n\r\nHTTP/1.1 500 not a status\n@@5f \xff\n"
        self.send_response(201, "Made")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Twice", "a")
        self.send_header("X-Twice", "b")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - as http.server names them

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - as http.server names it


@pytest.fixture(scope="module")
def app() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Does this with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(None)
                    serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        ended.set()
        thread.join()


def reset(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closed(connection: socket.socket) -> None:
    connection.recv(1000)


def slow(connection: socket.socket) -> None:
    connection.recv(1000)
    time.sleep(0.6)


def answered(*sent: Sent, per_second: float = 1000, by: str = "curl") -> list[Answer]:
    given = sending(by, sent, MARK, per_second)
    ran = subprocess.run(["sh", "-c", given.script], input=given.stdin, capture_output=True, check=False)
    return list(curl_answers(ran.stdout, MARK, 100.0))


def to(port: int, path: str = "/", method: str = "GET", within: float = 5.0, mark: str = "") -> Sent:
    asked = request(method, f"http://hello.example:80{path}", headers={"x-mark": mark} if mark else {})
    return Sent(asked, Address("127.0.0.1", port), within, {"x-run": "1"})


@pytest.mark.parametrize("by", PROGRAMS)
def test_an_answer_has_the_status_the_headers_and_the_body_of_the_app(app: int, by: str) -> None:
    (said,) = answered(to(app, "/a/../b?q={1}[2]", mark='say "\\hi"'), by=by)
    assert (said.status, said.error) == (201, "")
    assert said.header("x-twice") == "a,b"
    lines = said.body.split(b"\n")
    assert lines[:2] == [b"GET", b"/a/../b?q={1}[2]"]
    seen = [each.strip() for each in lines[2:] if b": " in each]
    assert seen == [b"Connection: close", b"Host: hello.example:80", b'x-mark: say "\\hi"', b"x-run: 1"]
    assert said.body.endswith(b"HTTP/1.1 500 not a status\n@@5f \xff\n")
    assert said.seconds > 0
    assert said.sent_at == 100.0


@pytest.mark.parametrize("by", PROGRAMS)
def test_methods_are_sent_as_they_are_named(app: int, by: str) -> None:
    sent = [to(app, method=each) for each in ("DELETE", "HEAD", "OPTIONS")]
    deleted, head, options = answered(*sent, by=by)
    assert [deleted.text.split("\n")[0], options.text.split("\n")[0]] == ["DELETE", "OPTIONS"]
    assert (head.status, head.body) == (201, b"")


@pytest.mark.parametrize("by", PROGRAMS)
def test_each_way_to_fail_has_its_word_and_the_next_request_is_still_sent(app: int, by: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with server(reset) as resetting, server(closed) as closing, server(slow) as waiting:
            nowhere = Sent(request("GET", "http://no-such-name.invalid/"), within=5)
            plain = Sent(request("GET", f"https://127.0.0.1:{app}/"), within=5)
            said = answered(
                to(taken.getsockname()[1]), to(resetting), to(closing), to(waiting, within=0.3), nowhere, plain,
                to(app), by=by,
            )  # fmt: skip
    assert [each.error for each in said] == [REFUSED, RESET, CLOSED, TIMEOUT, NO_NAME, TLS, ""]
    assert all(each.why for each in said[:-1])
    assert said[-1].status == 201


@pytest.mark.parametrize("by", PROGRAMS)
def test_requests_go_out_no_faster_than_is_said(app: int, by: str) -> None:
    began = time.monotonic()
    assert len(answered(*[to(app)] * 5, per_second=10, by=by)) == 5
    assert 0.35 < time.monotonic() - began < 3


def test_a_line_of_a_header_cannot_become_an_option(app: int) -> None:
    assert 'output = "/etc' not in curl_config([to(app, mark='b"\noutput = "/etc/x')], MARK).replace("\\n", "")


def test_a_connection_that_is_reset_while_tls_is_set_up_is_reset() -> None:
    assert error_of(35, "OpenSSL SSL_connect: Connection reset by peer in connection to x") == RESET
    assert error_of(35, "TLS connect error: wrong version number") == TLS
    assert error_of(56, "Recv failure: Connection reset by peer") == RESET


@pytest.mark.parametrize(("found", "said"), [("wget\n", "it has only wget, which"), ("", "it has neither curl nor")])
def test_a_container_that_cannot_send_says_what_it_lacks(
    found: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pod_tools, "ran_in_pod", lambda *_, **__: Ran(found.encode(), "", 0))
    with pytest.raises(CannotSendError, match=f"container app of pod shop/web cannot send: {said}"):
        pod_tools.program_of(cast("Any", None), ("shop", "web", "app"))


def test_a_proxy_of_the_pods_environment_is_not_used() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    sent = [Sent(request("GET", f"http://127.0.0.1:{port}/", caller="a/b"))] * 2
    given = pod_tools.sending("curl", sent, "@@x", 50)
    away = {"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9", "PATH": os.environ["PATH"]}
    ran = subprocess.run(["sh", "-c", given.script], input=given.stdin, capture_output=True, env=away, check=False)
    server.shutdown()
    server.server_close()
    assert [each.status for each in curl_answers(ran.stdout, "@@x", 0.0)] == [201, 201]
