"""What does an app answer? Nobody can know; unless it is the server of recorded meshes, it counts as 200.

That server obeys headers: `x-app-status`, `x-app-fail-first` with `x-app-fail-code` (the first attempts of a request
fail), `x-app-delay` with `x-app-delay-first` (they are slow).
"""

from __future__ import annotations

from dataclasses import dataclass

from mesh.model.traffic.request import Request

_RESET = "reset"


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
