"""What does a command say that runs in a pod? Its output, its errors and its exit code, by the API server's exec."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_STDIN, _STDOUT, _STDERR, _ERROR = 0, 1, 2, 3
"""Channels (k8s.io/streaming, remotecommand)."""
_CHUNK = 16 * 1024
_UNENDED = "the connection ended before the command did"


class Streams(Protocol):
    """What opens websockets to pods: fairlead.cluster.api_client."""

    def stream(self, path: str) -> Any: ...


@dataclass(frozen=True)
class Ran:
    """What came of a command; `code` is None where it never ran or did not end, and `problem` says why."""

    out: bytes
    err: str
    code: int | None
    problem: str = ""


def ran_in_pod(
    streams: Streams,
    pod: tuple[str, str, str],
    command: Sequence[str],
    *,
    stdin: bytes = b"",
    within: float = 60.0,
    on_output: Callable[[bytes], None] = lambda _: None,
) -> Ran:
    """Run a command in a container (`pod`: namespace, name, container) to its end.

    A command that reads `stdin` has to know how much there is: this protocol cannot end it. Raises RefusedError where
    exec is not allowed, UnreachableError.
    """
    namespace, name, container = pod
    query = [("command", part) for part in command] + [("container", container), ("stdout", "true"), ("stderr", "true")]
    query += [("stdin", "true")] if stdin else []
    socket = streams.stream(f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(name)}/exec?{urlencode(query)}")
    try:
        for at in range(0, len(stdin), _CHUNK):
            socket.send_binary(bytes([_STDIN]) + stdin[at : at + _CHUNK])
        return _answer(socket, within, on_output)
    finally:
        # Its own close() leaves the connection open where the other side closed first.
        socket.shutdown()


def _answer(socket: Any, within: float, on_output: Callable[[bytes], None]) -> Ran:
    library: Any = import_module("websocket")
    parts: dict[int, bytearray] = {_STDOUT: bytearray(), _STDERR: bytearray(), _ERROR: bytearray()}
    deadline, problem = time.monotonic() + within, ""
    try:
        while (left := deadline - time.monotonic()) > 0:
            socket.settimeout(left)
            code, frame = socket.recv_data()
            if code == library.ABNF.OPCODE_CLOSE:
                problem = "" if parts[_ERROR] else _UNENDED
                break
            if frame and frame[0] in parts:
                parts[frame[0]] += frame[1:]
                if frame[0] == _STDOUT:
                    on_output(bytes(frame[1:]))
        else:
            problem = f"it did not end within {within:.0f} s"
    except library.WebSocketTimeoutException:
        problem = f"it did not end within {within:.0f} s"
    except (library.WebSocketException, OSError):
        problem = "" if parts[_ERROR] else _UNENDED
    out, err = bytes(parts[_STDOUT]), parts[_STDERR].decode(errors="replace")
    if problem:
        return Ran(out, err, None, problem)
    code, problem = exit_of(bytes(parts[_ERROR]))
    return Ran(out, err, code, problem)


def exit_of(status: bytes) -> tuple[int | None, str]:
    """The exit code in the Status that ends an exec, or why there is none."""
    try:
        said = as_map(json.loads(status))
    except ValueError:
        return None, status.decode(errors="replace") or _UNENDED
    if said.get("status") == "Success":
        return 0, ""
    causes = as_maps(as_map(said.get("details")).get("causes"))
    codes = [str(each.get("message")) for each in causes if each.get("reason") == "ExitCode"]
    if codes and codes[0].isdigit():
        return int(codes[0]), ""
    return None, str(said.get("message") or "it could not be started")
