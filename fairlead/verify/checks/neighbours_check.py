"""Do requests that nearly match a route end as the model says? A path one letter longer, one segment deeper, another
case, a header's value one letter longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.verify.asking import Asking
from fairlead.verify.checks import answers_check
from fairlead.verify.promise import Promise, Verdict
from fairlead.verify.subject import Subject
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import explanation

ORDER = 22
NAME = "neighbours"
_WORKED_OUT = ("user-agent", "authorization", "origin", "access-control-request-method")


def promises(subject: Subject) -> Iterator[Promise]:
    """Those of classes from the internet whose path or headers a match names, each request once."""
    seen = {_key(each) for each, _ in subject.expectations}
    for request, expected in subject.expectations:
        if request.caller != INTERNET or expected.open or request.scheme == "tcp":
            continue
        for near in _near(request):
            if _key(near) in seen:
                continue
            seen.add(_key(near))
            promise = answers_check.promised(subject, near, explanation(subject.mesh, near))
            if not promise.untested and not promise.is_random:
                yield replace(promise, check=NAME, id=promise.id.replace(answers_check.NAME, NAME))


def _near(request: Request) -> Iterator[Request]:
    path, mark, query = request.path.partition("?")
    if path != "/":
        bare = path.rstrip("/")
        for other in (f"{bare}x", f"{bare}/x", bare.swapcase()):
            yield request.changed(path=f"{other}{mark}{query}")
    for name, value in request.headers.items():
        if name not in _WORKED_OUT:
            yield request.changed(headers={**request.headers, name: f"{value}x"})


def _key(request: Request) -> tuple[object, ...]:
    headers = tuple(sorted(request.headers.items()))
    return request.gateway, request.port, request.authority, request.method, request.path, headers, str(request.claims)


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """As for a class."""
    return answers_check.verdict(promise, asking)
