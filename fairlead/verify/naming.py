"""What is a promise called? Its sentence, the app or gateway that it is about, and an id that stays."""

from __future__ import annotations

import hashlib

from fairlead.explain.text_report import ends, typed_request
from fairlead.verify.subject import Subject
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, Request
from fairlead_mesh.model.traffic.explanation import Explanation

_APPS = "apps"


def asked(request: Request) -> str:
    """A request as it is typed, and with which certificate."""
    certificate = " with a client certificate" if request.client_certificate else ""
    return f"{typed_request(request)}{certificate}"


def sentence(request: Request, expected: Explanation) -> str:
    """`GET http://hello.example.com/hello from internet …: 70 % 200 from hello/helloworld-v1; 30 % …`."""
    if expected.open:
        return f"{asked(request)}: not decided"
    said = [" ".join(line.split()) for line in ends(expected)]
    return f"{asked(request)}: {'; '.join(each.removeprefix('100 % ') for each in said)}"


def about(subject: Subject, request: Request, expected: Explanation) -> str:
    """The app of the stack file whose object decides, else the workload that answers, the gateway, or the client."""
    steps = expected.outcomes[0].steps if expected.outcomes else expected.steps
    apps = subject.config.apps if subject.config else []
    for step in steps:
        origin = step.item.origin if step.item else ()
        if origin[:1] == (_APPS,) and len(origin) > 1 and isinstance(origin[1], int) and origin[1] < len(apps):
            return apps[origin[1]].name
    if expected.answered:
        return next(iter(expected.answered))
    if request.gateway:
        return request.gateway
    return request.to if request.caller in (INTERNET, OUTSIDE) else request.caller


def promise_id(check: str, text: str) -> str:
    """The check, and what tells its promises apart."""
    return f"{check}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
