"""How does this machine reach a port of a pod? Each connection to a port of loopback becomes a stream to the pod."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import quote

from fairlead.cluster.api_client import RefusedError
from fairlead.terminal.errors import UserError
from fairlead.verify.live.pod_exec import Streams

_DATA, _ERROR = 0, 1
_PIECE = 64 * 1024
_BACKLOG = 128
_PAUSES = (0.1, 0.3, 1.0)
_FINAL = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED)


class PortForward:
    """A port of loopback that leads to a port of a pod, as long as the block lasts. The first connection is made at
    once, so that a right that lacks is known: raises RefusedError, UnreachableError. `local` is the wanted port of
    loopback, any free one where it is 0; OSError where it is taken."""

    def __init__(self, streams: Streams, namespace: str, pod: str, port: int, *, local: int = 0) -> None:
        self._streams = streams
        self._path = f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(pod)}/portforward?ports={port}"
        self._listener = socket.create_server(("127.0.0.1", local), backlog=_BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        """On 127.0.0.1."""
        self._open: set[Any] = set()
        self._ended = threading.Event()
        self._spare: list[Any] = []
        self.last_error = ""
        """What the kubelet said of the last connection that failed, as that nothing listens there."""

    def __enter__(self) -> PortForward:
        try:
            self._spare.append(self._connected())
        except BaseException:
            self._listener.close()
            raise
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, with every connection. May be called twice."""
        self._ended.set()
        with contextlib.suppress(OSError):
            # Closing alone does not wake a thread that waits in accept.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in [*self._open, *self._spare]:
            _shut(each)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                local, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(local,), daemon=True).start()

    def _serve(self, local: socket.socket) -> None:
        with local:
            try:
                remote = self._connected()
            except UserError as error:
                self.last_error = error.message
                return
            self._open.add(remote)
            try:
                with contextlib.suppress(OSError, ValueError, import_module("websocket").WebSocketException):
                    self._carry(local, remote)
            finally:
                self._open.discard(remote)
                _shut(remote)

    def _connected(self) -> Any:
        """A stream. An API server that is busy is asked again: nothing has been sent yet, and the connection that waits
        must not look as if the pod had closed it."""
        with contextlib.suppress(IndexError):
            return self._spare.pop()
        for pause in _PAUSES:
            try:
                return self._streams.stream(self._path)
            except RefusedError as error:
                if error.status in _FINAL:
                    raise
            except UserError:
                pass
            if self._ended.wait(pause):
                break
        return self._streams.stream(self._path)

    def _carry(self, local: socket.socket, remote: Any) -> None:
        """One thread for both directions: a TLS connection may not be read and written side by side."""
        named: set[int] = set()
        remote.settimeout(None)
        # The end of the forward takes it from the stream while this thread waits.
        stream = remote.sock
        while stream is not None and not self._ended.is_set():
            waiting = isinstance(stream, ssl.SSLSocket) and stream.pending() > 0
            ready = [stream] if waiting else select.select([local, stream], [], [])[0]
            if local in ready:
                if not (data := local.recv(_PIECE)):
                    return
                remote.send_binary(bytes([_DATA]) + data)
            if stream in ready and not self._receive(local, remote, named):
                return

    def _receive(self, local: socket.socket, remote: Any, named: set[int]) -> bool:
        """The next frame: the first of each channel only repeats the port's number."""
        code, frame = remote.recv_data()
        if code != import_module("websocket").ABNF.OPCODE_BINARY or not frame:
            return False
        channel = frame[0]
        if channel not in named:
            named.add(channel)
            return True
        if channel == _ERROR:
            self.last_error = frame[1:].decode(errors="replace").strip()
            return False
        local.sendall(frame[1:])
        return True


def _shut(remote: Any) -> None:
    with contextlib.suppress(OSError, AttributeError):
        remote.sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError, AttributeError):
        remote.shutdown()
