"""What does a check promise of a class of requests? The promise with its names, and whether it can be tested at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.verify.naming import about, promise_id
from fairlead.verify.promise import Promise
from fairlead.verify.sendable import untested
from fairlead.verify.subject import Subject
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation


def class_promise(
    check: str,
    text: str,
    subject: Subject,
    class_: tuple[Request, Explanation],
    *,
    how: str,
    requests: int,
    why_not: str = "",
    is_random: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Promise:
    """The promise of one class: a request of it, and what has to happen to that. `how` it is tested and how many
    `requests` that takes count where it can be sent; `why_not` is the check's own reason where it could be."""
    request, expected = class_
    reason = untested(subject, request, expected) or why_not
    return Promise(
        promise_id(check, text),
        check,
        about(subject, request, expected),
        text,
        how="" if reason else how,
        untested=reason,
        request=request,
        expected=expected,
        requests=0 if reason else requests,
        is_random=is_random,
        details=details or {},
    )
