"""What does an app see and answer? Nobody can know; unless it is the server of recorded meshes, it counts as 200.

That server obeys headers: `x-app-status`, `x-app-fail-first` with `x-app-fail-code` (the first attempts of a request
fail), `x-app-delay` with `x-app-delay-first` (they are slow).
"""

from __future__ import annotations

from dataclasses import dataclass

from fairlead_mesh.model.requests.request import UNKNOWN, Request

_RESET = "reset"
_USUAL = ("x-app-", "x-envoy-", "x-forwarded-", "x-request-id")


@dataclass(frozen=True)
class Answer:
    """A status, or None where the app closes the connection; after so many seconds."""

    status: int | None = 200
    seconds: float = 0.0


def answer(request: Request | None, attempt: int, *, obeys_headers: bool) -> Answer:
    """What the app does at an attempt (from 0)."""
    if request is None or not obeys_headers:
        return Answer()
    headers = request.headers
    seconds = float(headers.get("x-app-delay", 0))
    if "x-app-delay-first" in headers and attempt >= int(headers["x-app-delay-first"]):
        seconds = 0.0
    if attempt < int(headers.get("x-app-fail-first", 0)):
        code = headers.get("x-app-fail-code", "503")
        return Answer(None if code == _RESET else int(code), seconds)
    return Answer(int(headers.get("x-app-status", 200)), seconds)


def seen_by_app(request: Request, port: int, identity: str) -> dict[str, object]:
    """What an app sees of a request: without the headers that every client and proxy sends."""
    headers = {key: value for key, value in request.headers.items()
               if not key.startswith(_USUAL) and value != UNKNOWN}  # fmt: skip
    return {
        "method": request.method,
        "path": request.path,
        "host": request.authority,
        "port": port,
        "headers": headers,
        "identity": identity or "none",
    }
