"""How is a stream to a pod opened? A websocket to its API server, with the kubernetes client's own credentials."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

CHANNELS = "v4.channel.k8s.io"
"""Each frame begins with the number of its channel. Every API server hands this protocol on to the kubelet, for exec
and for port-forwards alike (k8s.io/kubernetes, pkg/registry/core/pod/rest/subresources.go)."""
WITHIN = 30.0


class WebSocketError(Exception):
    """No stream was opened: the status and the words of the server, or status 0 where there is none."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def web_socket(configuration: Any, url: str, headers: Mapping[str, str]) -> Any:
    """The open socket. Raises WebSocketError."""
    # Only some commands need it, and it comes without types.
    library: Any = import_module("websocket")
    secure = url.startswith("https:")
    socket: Any = library.WebSocket(sslopt=_tls(configuration) if secure else {}, skip_utf8_validation=True)
    socket.settimeout(WITHIN)
    asked = [f"{key}: {value}" for key, value in headers.items() if key.lower() == "authorization"]
    try:
        socket.connect(
            url.replace("http", "ws", 1), header=asked, subprotocols=[CHANNELS], **_proxy(configuration, url)
        )
    except library.WebSocketBadStatusException as error:
        raise WebSocketError(int(error.status_code), _words(error)) from error
    except (library.WebSocketException, OSError) as error:
        raise WebSocketError(0, str(error)) from error
    return socket


def _words(error: Any) -> str:
    """What an API server writes into its refusal; a proxy before it may write anything."""
    body = bytes(error.resp_body or b"")
    with suppress(ValueError):
        return str(json.loads(body)["message"])
    return body.decode(errors="replace")[:500] or str(error)


def _tls(configuration: Any) -> dict[str, Any]:
    if configuration.verify_ssl:
        found: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED}
        if configuration.ssl_ca_cert:
            found["ca_certs"] = configuration.ssl_ca_cert
        if configuration.assert_hostname is not None:
            found["check_hostname"] = configuration.assert_hostname
    else:
        found = {"cert_reqs": ssl.CERT_NONE, "check_hostname": False}
    options = {
        "certfile": configuration.cert_file,
        "keyfile": configuration.key_file,
        "server_hostname": configuration.tls_server_name,
    }
    return found | {key: value for key, value in options.items() if value}


def _proxy(configuration: Any, url: str) -> dict[str, Any]:
    if urlsplit(url).hostname == "127.0.0.1":
        # A proxy of the environment does not lead to this machine.
        return {"http_no_proxy": ["127.0.0.1"]}
    if not configuration.proxy:
        return {}
    proxy = urlsplit(str(configuration.proxy))
    return {"http_proxy_host": proxy.hostname, "http_proxy_port": proxy.port, "proxy_type": "http"}
