"""With which program can a container send? curl where it has it, else Python: what is sent and written is the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.cluster.api_client import ApiClient
from fairlead.verify.live.curl_batch import curl_command, curl_config
from fairlead.verify.live.pod_exec import ran_in_pod
from fairlead.verify.sending import HELD, CannotSendError, Sent

_LOOK = 'for each in curl python3 python wget; do if command -v "$each" >/dev/null; then echo "$each"; exit; fi; done'

_WGET = "wget"
_ONLY = "it has only wget, which shows no answer above 399 and does not tell why a connection failed"


@dataclass(frozen=True)
class Sending:
    """A command line of the shell, and what it reads."""

    script: str
    stdin: bytes


def program_of(api: ApiClient, pod: tuple[str, str, str]) -> str:
    """`curl`, `python3` or `python`. Raises CannotSendError where the container has none, RefusedError."""
    ran = ran_in_pod(api, pod, ["sh", "-c", _LOOK], within=20)
    found = ran.out.decode(errors="replace").strip()
    if found in ("", _WGET):
        why = ran.problem or ("it has neither curl nor Python" if not found else _ONLY)
        raise CannotSendError(f"container {pod[2]} of pod {pod[0]}/{pod[1]} cannot send: {why}")
    return found


def sending(program: str, requests: Sequence[Sent], mark: str, per_second: float) -> Sending:
    """How a batch is sent. The protocol cannot end what a command reads, so it is told how much there is."""
    if program == "curl":
        given = curl_config(requests, mark).encode()
        return Sending(f"head -c {len(given)} | {' '.join(curl_command(per_second))} -", given)
    asked = {"mark": mark, "pause": 1 / per_second, "requests": [_asked(each) for each in requests]}
    given = json.dumps(asked).encode()
    # The program itself comes first, on a line of its own.
    source = json.dumps(_PYTHON).encode() + b"\n"
    read = "import sys,json;exec(json.loads(sys.stdin.readline()))"
    return Sending(f"head -c {len(source) + len(given)} | {program} -c '{read}'", source + given)


def _asked(sent: Sent) -> dict[str, object]:
    request = sent.request
    host, port = (sent.connect.host, sent.connect.port) if sent.connect else (request.to, request.port)
    headers = {"Host": request.authority, "Connection": "close", **request.headers, **sent.headers}
    name = (request.sni or request.to) if request.scheme == "https" else ""
    return {
        "host": host,
        "port": port,
        "sni": name,
        "head": f"{request.method} {request.path} HTTP/1.1\r\n"
        + "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        + "\r\n",
        "method": request.method,
        "within": sent.within,
        "held": HELD if request.scheme == "tcp" else 0,
    }


_PYTHON = r"""
import socket, ssl, time
from http.client import HTTPResponse
asked = json.load(sys.stdin)
out = sys.stdout.buffer
def connected(it):
    plain = socket.create_connection((it["host"], it["port"]), timeout=it["within"])
    if not it["sni"]: return plain
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=it["sni"])
def one(it):
    end = time.time() + it["within"]
    try:
        connection = connected(it)
    except socket.gaierror as error: return 6, 0, b"", str(error)
    except ConnectionResetError as error: return 56, 0, b"", "Connection reset by peer"
    except ssl.SSLError as error: return 35, 0, b"", str(error)
    except (socket.timeout, TimeoutError): return 28, 0, b"", "timed out"
    except OSError as error: return 7, 0, b"", str(error)
    with connection:
        try:
            if it["held"]:
                connection.settimeout(it["held"])
                try: return (8 if connection.recv(1) else 52), 0, b"", "tcp: closed"
                except (socket.timeout, TimeoutError): return 8, 0, b"", "tcp: open"
            connection.sendall(it["head"].encode("latin-1"))
            connection.settimeout(max(0.01, end - time.time()))
            got = HTTPResponse(connection, method=it["method"])
            got.begin()
            head = "HTTP/1.1 %d %s\r\n" % (got.status, got.reason)
            head += "".join("%s: %s\r\n" % pair for pair in got.getheaders())
            return 0, got.status, head.encode("latin-1") + b"\r\n" + got.read(65536), ""
        except (socket.timeout, TimeoutError): return 28, 0, b"", "timed out"
        except ConnectionError as error:
            closed = "closed" in str(error)
            return (52 if closed else 56), 0, b"", str(error) + ("" if closed else " reset by peer")
        except Exception as error: return 52, 0, b"", str(error) or "closed"
for number, it in enumerate(asked["requests"]):
    if number: time.sleep(asked["pause"])
    began = time.time()
    code, status, text, why = one(it)
    said = "\n%s %d %03d %.6f %s\n" % (asked["mark"], code, status, time.time() - began, " ".join(why.split()))
    out.write(text + said.encode())
    out.flush()
"""
