"""By which request can a sentence be checked? One concrete request, with what becomes of it on either side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from fairlead_mesh.model.classes.differences import Difference
from fairlead_mesh.model.classes.surroundings import ANY_CLIENT, ELSEWHERE, WITHOUT_SIDECAR
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import Outcome

_SEEN = ("path", "host", "port", "identity")


@dataclass(frozen=True)
class Witness:
    """A request as it is sent (`client` in words, `curl` for a shell), and its outcomes."""

    client: str
    curl: str
    before: str
    after: str
    request: Request

    @property
    def lines(self) -> tuple[str, str]:
        """For a person: the request, then what becomes of it."""
        return f"$ {self.curl}  # {self.client}", f"{self.before} => {self.after}"

    @property
    def plain(self) -> dict[str, Any]:
        """As data."""
        one = self.request
        said = {
            "from": one.caller,
            "gateway": one.gateway,
            "method": one.method,
            "url": f"{one.scheme}://{one.authority}{one.path}",
            "headers": dict(one.headers),
            "claims": dict(one.claims) if one.claims is not None else None,
        }
        request = {key: value for key, value in said.items() if value not in ("", {}, None)}
        return {
            "request": request,
            "client": self.client,
            "curl": self.curl,
            "before": self.before,
            "after": self.after,
        }


def witness(found: Difference) -> Witness:
    """The request of a class that is treated differently."""
    before, after = both_in_words(found.before, found.after)
    who = f"{client(found.request)}; {found.app}" if found.app else client(found.request)
    return Witness(who, curl(found.request), before, after, found.request)


def curl(request: Request) -> str:
    """The request for a shell; a token stands in a variable."""
    parts = ["curl", "-i"]
    if request.method != "GET":
        parts += ["-I"] if request.method == "HEAD" else ["-X", quote(request.method)]
    for name, value in request.headers.items():
        parts += ["-H", quote(f"{name}: {value}")]
    if request.claims is not None:
        parts += ["-H", '"Authorization: Bearer $TOKEN"']
    url = f"{request.scheme}://{request.authority}{request.path if request.scheme != 'tcp' else ''}"
    return " ".join([*parts, quote(url) if request.scheme != "tcp" else quote(url.replace("tcp://", "telnet://"))])


def client(request: Request) -> str:
    """Who sends it, in words."""
    told = f" with a token of {json.dumps(dict(request.claims), sort_keys=True)}" if request.claims is not None else ""
    if request.caller == INTERNET:
        return f"a client of {request.gateway.partition('/')[2]}{told}"
    namespace, _, name = request.caller.partition("/")
    if namespace == WITHOUT_SIDECAR:
        return f"a pod without a sidecar{told}"
    if namespace == ELSEWHERE:
        return f"a pod of another namespace{told}"
    return f"a pod of namespace {namespace}{told}" if name == ANY_CLIENT else f"{request.caller}{told}"


def both_in_words(before: Explanation, after: Explanation) -> tuple[str, str]:
    """Two outcomes so that they differ in words: with details where the ends alone are the same."""
    old, new = _ends(before), _ends(after)
    if old != new:
        return old, new
    found = details(before, after)
    return "; ".join([old, *(f"{what} {was}" for what, was, _ in found)]), "; ".join(
        [new, *(f"{what} {now}" for what, _, now in found)]
    )


def details(before: Explanation, after: Explanation) -> list[tuple[str, str, str]]:
    """What of a request or of its answer is another, though it ends alike: what it is, before and after."""
    return [] if _ends(before) != _ends(after) else list(_details(before, after))


def _ends(found: Explanation) -> str:
    shares: dict[str, float] = {}
    for each in found.outcomes:
        shares[_end(each)] = shares.get(_end(each), 0.0) + each.share
    listed = sorted(shares.items(), key=lambda one: (-round(one[1], 6), one[0]))
    return "; ".join(text if len(listed) == 1 else f"{100 * share:.3g} % {text}" for text, share in listed)


def _end(outcome: Outcome) -> str:
    to = outcome.answer.get("location")
    late = f" after {outcome.seconds:g}s" if outcome.seconds else ""
    return f"{outcome.in_words}{f' to {to}' if to else ''}{late}"


def _details(before: Explanation, after: Explanation) -> Iterator[tuple[str, str, str]]:
    seen = before.constant("seen"), after.constant("seen")
    for key in _SEEN:
        yield from _other(f"the app sees {key}", seen[0].get(key), seen[1].get(key))
    yield from _headers("the app sees", seen[0].get("headers") or {}, seen[1].get("headers") or {})
    yield from _headers("the answer has", before.constant("answer"), after.constant("answer"))
    copies = before.received, after.received
    for name in sorted({*copies[0], *copies[1]}):
        old, new = (f"{each.get(name, 0.0):.3g} requests for each that is sent" for each in copies)
        yield from _other(f"{name} gets", old, new)
    yield from _other("the body is", before.constant("body"), after.constant("body"))


def _headers(who: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*old, *new}):
        yield from _other(f"{who} {name}:", old.get(name), new.get(name))


def _other(what: str, old: object, new: object) -> Iterator[tuple[str, str, str]]:
    if old != new:
        yield what, _shown(old), _shown(new)


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
