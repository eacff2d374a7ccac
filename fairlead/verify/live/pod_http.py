"""What does a port of a pod answer? Asked by a forwarded port, by the pod's own agent, or through the API server:
whichever of these the rights allow."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

from fairlead.cluster.api_client import ApiClient, RefusedError
from fairlead.verify.live.pod_exec import ran_in_pod
from fairlead.verify.live.pods import PROXY, Pod
from fairlead.verify.live.port_forward import PortForward
from fairlead.verify.sending import CannotSendError
from fairlead_mesh.model.objects.yaml_values import as_map

ADMIN, ISTIOD = 15000, 15014
_AGENTS = {ADMIN: (PROXY, "pilot-agent"), ISTIOD: ("discovery", "pilot-discovery")}
"""Ports that only loopback of the pod may ask everything -> the container and the program there that asks for others
(istio/istio, pilot/cmd)."""
WITHIN = 20.0


@dataclass
class PodHttp:
    """Forwards each port of a pod once, until it is closed."""

    api: ApiClient
    within: float = WITHIN
    _forwards: dict[tuple[str, int], PortForward] = field(default_factory=dict[tuple[str, int], PortForward])
    _denied: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, pod: Pod, port: int, path: str) -> bytes:
        """The body of an answer of 200. Raises CannotSendError with what each way says."""
        ways: list[tuple[str, Callable[[Pod, int, str], bytes]]] = [("portforward", self._forwarded)]
        ways.append(("exec", self._by_agent) if port in _AGENTS else ("proxy", self._proxied))
        said: list[str] = []
        for name, ask in ways:
            known = self._denied.get((pod.namespace, name))
            try:
                if known is None:
                    return ask(pod, port, path)
            except RefusedError as error:
                known = error.message
                if error.status == HTTPStatus.FORBIDDEN:
                    self._denied[pod.namespace, name] = known
            said.append(known)
        raise CannotSendError(f"port {port} of pod {pod} cannot be asked: {'; '.join(said)}")

    def forward(self, pod: Pod, port: int) -> int:
        """A port of loopback that leads to the pod's. Raises RefusedError, UnreachableError."""
        with self._lock:
            key = str(pod), port
            if key not in self._forwards:
                self._forwards[key] = PortForward(self.api, pod.namespace, pod.name, port).__enter__()
            return self._forwards[key].port

    def close(self) -> None:
        """End every forward. May be called twice."""
        with self._lock:
            for each in self._forwards.values():
                each.close()
            self._forwards.clear()

    def _forwarded(self, pod: Pod, port: int, path: str) -> bytes:
        local = self.forward(pod, port)
        connection = http.client.HTTPConnection("127.0.0.1", local, timeout=self.within)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            why = self._forwards[str(pod), port].last_error or str(error) or type(error).__name__
            raise CannotSendError(f"port {port} of pod {pod} does not answer: {why}") from error
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise CannotSendError(f"port {port} of pod {pod} answers {answer.status} to {path}{_shown(body)}")
        return body

    def _by_agent(self, pod: Pod, port: int, path: str) -> bytes:
        container, program = _AGENTS[port]
        command = [program, "request", "GET", path.removeprefix("/") if port == ADMIN else path]
        ran = ran_in_pod(self.api, (pod.namespace, pod.name, container), command, within=self.within)
        if ran.code != 0:
            why = ran.problem or ran.err.strip() or f"it ended with {ran.code}"
            raise CannotSendError(f"port {port} of pod {pod} cannot be asked from within: {why}")
        return ran.out

    def _proxied(self, pod: Pod, port: int, path: str) -> bytes:
        """The API server connects to the pod."""
        at = f"/api/v1/namespaces/{quote(pod.namespace)}/pods/{quote(pod.name)}:{port}/proxy{path}"
        status, body = self.api.answered("GET", at, accept="*/*")
        if status == HTTPStatus.FORBIDDEN:
            raise RefusedError(status, _message(body))
        if status != HTTPStatus.OK:
            raise CannotSendError(f"port {port} of pod {pod} answers {status} to {path}{_shown(body)}")
        return body


def _message(body: bytes) -> str:
    """What the API server says; a pod may answer 403 itself, with anything."""
    with contextlib.suppress(ValueError):
        return str(as_map(json.loads(body)).get("message") or "it is forbidden")
    return body.decode(errors="replace")[:300] or "it is forbidden"


def _shown(body: bytes) -> str:
    with contextlib.suppress(UnicodeDecodeError):
        text = " ".join(body[:200].decode().split())
        return f": {text}" if text else ""
    return ""
