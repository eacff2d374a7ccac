"""Does `up --verify` ask once the stack is up, and wait for an address that is new?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from fairlead.verify.asking import Asking, Manners
from fairlead.verify.checks import gateways_check
from fairlead.verify.command import Asked
from tests.fixtures.loopback import shop
from tests.fixtures.loopback.envoy import free_ports

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("options", "up", "ended"),
    [
        (("--yes", "--verify"), 0, (1, ["dev"])),
        (("--yes", "--verify"), 3, (3, [])),
        (("--verify", "--plan"), 0, (0, [])),
        (("--yes",), 0, (0, [])),
    ],
)
def test_the_exit_code_is_that_of_verify_where_up_ended_well(
    command: Command, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], up: int, ended: tuple[int, list[str]]
) -> None:
    seen: list[Asked] = []

    def verify(what: Asked) -> int:
        seen.append(what)
        return 1

    monkeypatch.setattr("fairlead.lifecycle.command.up_command", lambda *_: up)
    monkeypatch.setattr("fairlead.verify.command.verify_command", verify)
    found, _, _ = command("up", "--stack", "dev", *options)
    assert (found, [each.stack for each in seen]) == ended
    assert all(each.manners.patience > Manners().patience for each in seen)


class Named(BaseHTTPRequestHandler):
    server_version, sys_version = "istio-envoy", ""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def version_string(self) -> str:
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - as the class has it
        return


def test_an_address_that_does_not_answer_yet_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways_check, "_PAUSE", 0.1)
    (port,) = free_ports(1)
    served: list[HTTPServer] = []

    def later() -> None:
        time.sleep(0.3)
        served.append(HTTPServer(("127.0.0.1", port), Named))
        served[0].serve_forever(0.05)

    asking = Asking(shop.subject(), shop.LoopbackAccess({"http": port}, None), Manners(patience=10))
    promise = next(iter(gateways_check.promises(asking.subject)))
    threading.Thread(target=later, daemon=True).start()
    found = gateways_check.verdict(promise, asking)
    served[0].shutdown()
    served[0].server_close()
    assert (found.standing.value, found.evidence and found.evidence.requests) > ("holds", 3)
