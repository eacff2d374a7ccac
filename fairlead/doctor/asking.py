"""What does an address answer? Asked once, from this machine or by a port forwarded to a pod behind its Service."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fairlead.doctor.credentials import Login
from fairlead.doctor.web import OTHER, WITHIN, answer_of
from fairlead.terminal.errors import UserError
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.port_forward import PortForward
from fairlead.verify.sending import CannotSendError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """The status, or 0 and why there is none; it `speaks` where bytes came that are not HTTP/1, as those of gRPC."""

    status: int
    why: str = ""
    speaks: bool = False
    was_asked: bool = True


def asked_from_here(url: str, login: Login) -> Answer:
    """With the proxy of the environment."""
    status, why = answer_of(url, login.headers, login.tls)
    return Answer(status, why, speaks=why == OTHER)


def asked_by_forward(pods: LivePods, service: dict[str, Any], url: str, login: Login) -> Answer:
    """As a pod of the cluster would ask its Service: with its own name in Host and TLS."""
    at = urlsplit(url)
    try:
        pod = pods.behind(service)[0]
        target = pods.target(service, at.port or _PORTS[at.scheme], pod)
        with PortForward(pods.cluster.api, pod.namespace, pod.name, target) as forward:
            answer = _asked(forward.port, url, login)
            if answer.status or answer.speaks:
                return answer
            return Answer(0, f"port {target} of pod {pod}: {forward.last_error or answer.why}")
    except CannotSendError as why:
        return Answer(0, str(why), was_asked=False)
    except UserError as why:
        return Answer(0, why.message, was_asked=False)


def _asked(port: int, url: str, login: Login) -> Answer:
    at = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN)
    try:
        plain = socket.create_connection(("127.0.0.1", port), timeout=WITHIN)
        secure = at.scheme == "https"
        connection.sock = login.tls.wrap_socket(plain, server_hostname=at.hostname) if secure else plain
        path = (at.path or "/") + (f"?{at.query}" if at.query else "")
        headers = {"Host": at.netloc, "User-Agent": "fairlead", "Connection": "close", **login.headers}
        connection.request("GET", path, headers=headers)
        return Answer(connection.getresponse().status)
    except http.client.RemoteDisconnected:
        return Answer(0, "the connection was closed without an answer")
    except http.client.BadStatusLine:
        return Answer(0, speaks=True)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, str(getattr(error, "strerror", None) or error))
    finally:
        connection.close()
