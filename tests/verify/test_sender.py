"""Is every way in which a connection can fail told apart, and is a rate kept?"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fairlead.verify.outside.outside_sender import OutsideSender
from fairlead.verify.outside.peer import peer_of
from fairlead.verify.sending import BODY_LIMIT, Address, Answer, CannotSendError, Sent
from fairlead_mesh.model.requests.request import Request, request
from tests.fixtures.loopback.apps import App
from tests.fixtures.loopback.certificates import certificate
from tests.fixtures.loopback.envoy import free_ports

pytestmark = pytest.mark.mesh

Served = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextmanager
def server(serve: Served) -> Iterator[int]:
    """A server that does this to each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    connected, _ = listening.accept()
                except OSError:
                    return
                with connected:
                    serve(connected)

        threading.Thread(target=accept, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def sent(port: int, url: str = "http://shop.example.com/", within: float = 5.0, host: str = "127.0.0.1") -> Answer:
    one = Sent(request("GET", url), Address(host, port), within)
    (answer,) = OutsideSender().send([one], 100)
    return answer


def answers(text: bytes) -> Served:
    def serve(connected: socket.socket) -> None:
        connected.recv(65536)
        connected.sendall(text)

    return serve


def resets(connected: socket.socket) -> None:
    connected.recv(65536)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def closes(connected: socket.socket) -> None:
    connected.recv(65536)


def waits(connected: socket.socket) -> None:
    connected.recv(65536)
    time.sleep(0.6)


@pytest.mark.parametrize(("serve", "error"), [(resets, "reset"), (closes, "closed"), (waits, "timeout")])
def test_a_connection_that_breaks_has_its_own_word(serve: Served, error: str) -> None:
    with server(serve) as port:
        found = sent(port, within=0.3)
    assert (found.status, found.error) == (None, error)
    assert found.why


def test_nobody_listening_is_refused() -> None:
    (port,) = free_ports(1)
    assert sent(port).error == "refused"


def test_a_name_that_nobody_has_is_said() -> None:
    assert sent(80, host="nobody.invalid").error == "no-such-name"


def test_plain_text_where_tls_is_expected_is_no_handshake() -> None:
    with server(answers(OK)) as port:
        assert sent(port, "https://shop.example.com/").error == "tls"


def test_an_answer_has_all_of_its_headers_and_no_more_of_its_body_than_the_limit() -> None:
    text = (
        b"HTTP/1.1 302 Found\r\nLocation: /there\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 100000\r\n\r\n" + b"x" * 100000
    )
    with server(answers(text)) as port:
        found = sent(port)
    assert (found.status, found.header("location"), found.header("x-a")) == (302, "/there", "1,2")
    assert len(found.body) == BODY_LIMIT


def test_host_path_and_headers_are_sent_as_the_request_has_them() -> None:
    app = App("it")
    one = Request("internet", "GET", "http", "x", 80, "shop.example.com:81", "/a/../b?c=%20", {"x-user": "jane"})
    try:
        (found,) = OutsideSender().send([Sent(one, Address("127.0.0.1", app.port), headers={"x-mark": "1"})], 10)
    finally:
        app.close()
    assert '"path": "/a/../b?c=%20"' in found.text
    assert '"host": "shop.example.com:81"' in found.text
    assert '"x-user": "jane"' in found.text
    assert '"x-mark": "1"' in found.text


def test_no_more_requests_begin_in_a_second_than_are_allowed() -> None:
    app = App("it")
    try:
        one = Sent(request("GET", "http://a/"), Address("127.0.0.1", app.port))
        found = list(OutsideSender().send([one] * 12, 40))
    finally:
        app.close()
    begun = [each.sent_at for each in found]
    assert begun[-1] - begun[0] >= 11 / 40 - 0.02
    assert [each.status for each in found] == [200] * 12


def test_a_client_certificate_that_is_not_there_is_asked_for() -> None:
    one = Sent(request("GET", "https://a/", client_certificate="client"), Address("127.0.0.1", 1))
    with pytest.raises(CannotSendError, match="--client-certificate"):
        list(OutsideSender().send([one], 1))


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))

    def serve(connected: socket.socket) -> None:
        try:
            with context.wrap_socket(connected, server_side=True) as encrypted:
                encrypted.recv(65536)
                encrypted.sendall(OK)
        except OSError:
            return

    with server(serve) as port:
        yield port


def test_a_certificate_that_nobody_vouches_for_is_read_all_the_same(tls_server: int) -> None:
    assert sent(tls_server, "https://shop.example.com/").status == 200
    found = peer_of(Address("127.0.0.1", tls_server), "shop.example.com")
    assert (found.names, found.trusted) == (("shop.example.com",), False)
    assert "self" in found.why_not
    assert 28 < (found.until - time.time()) / 86400 < 31


def test_a_certificate_of_a_known_authority_is_trusted(tls_server: int, tmp_path: Path) -> None:
    found = peer_of(Address("127.0.0.1", tls_server), "shop.example.com", tmp_path / "shop.example.com-30.crt")
    assert (found.trusted, found.why_not) == (True, "")
