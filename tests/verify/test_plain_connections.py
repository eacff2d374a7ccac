"""Is a connection without HTTP told that is open from one that proxies close, without a byte being sent?"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest

from fairlead.verify.ends import end_of, ends_of
from fairlead.verify.live.curl_batch import curl_answers
from fairlead.verify.live.pod_tools import sending
from fairlead.verify.outside.exchange import exchanged
from fairlead.verify.sending import OPEN, Address, Answer, Sent
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import CLOSED, Outcome

pytestmark = [pytest.mark.mesh, pytest.mark.process]

GREETS, WAITS, CLOSES, NOBODY = "greets", "waits", "closes", "nobody"
SAID = {GREETS: True, WAITS: True, CLOSES: False, NOBODY: False}
"""Whether the connection is open."""
MARK = "@@mark"


class Server:
    """Takes connections, and keeps what it is told."""

    def __init__(self, manner: str) -> None:
        self.manner, self.told = manner, b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        if manner == NOBODY:
            self._socket.close()
        else:
            threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            taken, _ = self._socket.accept()
            threading.Thread(target=self._keep, args=(taken,), daemon=True).start()

    def _keep(self, taken: socket.socket) -> None:
        with taken:
            if self.manner == CLOSES:
                return
            if self.manner == GREETS:
                taken.sendall(b"220 at your service\r\n")
            taken.settimeout(3)
            with contextlib.suppress(OSError):
                self.told += taken.recv(64)


@pytest.fixture(scope="module")
def servers() -> dict[str, Server]:
    return {manner: Server(manner) for manner in SAID}


def sent(server: Server) -> Sent:
    asked = Request("web/client", "GET", "tcp", "127.0.0.1", server.port, "127.0.0.1", "/")
    return Sent(asked, Address("127.0.0.1", server.port), 5.0)


def by_program(program: str, server: Server) -> Answer:
    given = sending(program, [sent(server)], MARK, 50)
    ran = subprocess.run(["sh", "-c", given.script], input=given.stdin, capture_output=True, timeout=20, check=False)
    (found,) = curl_answers(ran.stdout, MARK, time.time())
    return found


@pytest.mark.parametrize("manner", SAID)
@pytest.mark.parametrize("by", ["here", "curl", sys.executable])
def test_an_open_connection_is_told_from_a_closed_one_and_nothing_is_sent(
    by: str, manner: str, servers: dict[str, Server]
) -> None:
    if by == "curl" and not shutil.which("curl"):
        pytest.skip("curl is not on PATH")
    server = servers[manner]
    found = exchanged(sent(server), Address("127.0.0.1", server.port), None) if by == "here" else by_program(by, server)
    assert (found.error == OPEN) is SAID[manner]
    assert found.error
    assert server.told == b""


def test_an_open_connection_is_an_apps_and_a_closed_one_is_nobodys() -> None:
    ends = ends_of(Explanation((Outcome(status=200, answered="shop/db"),)))
    assert end_of(Answer(error=OPEN), ends) == "app shop/db"
    assert end_of(Answer(error=CLOSED), ends) == "no answer"
