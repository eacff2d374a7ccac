"""What does another program read? `promises`, each with `id`, `about`, `check`, `sentence`, `how` or `untested` and,
once it was asked, `standing` (holds, does not hold, could not be asked), `evidence`, `why` and `causes`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.explain.text_report import typed_request
from fairlead.verify.promise import Evidence, Promise, Verdict
from fairlead.verify.reports.summary import summary


def json_list(stack: str, promises: Sequence[Promise]) -> str:
    """The promises alone."""
    return json.dumps({"stack": stack, "promises": [_promise(each) for each in promises]}, indent=2)


def json_report(stack: str, found: Sequence[Verdict]) -> str:
    """The promises and what became of them."""
    return json.dumps(
        {"stack": stack, "summary": summary(found), "promises": [_verdict(each) for each in found]}, indent=2
    )


def _promise(promise: Promise) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": promise.id,
        "check": promise.check,
        "about": promise.about,
        "sentence": promise.sentence,
        "how": promise.how,
        "untested": promise.untested,
        "request": typed_request(promise.request) if promise.request else "",
        "requests": promise.requests,
    }
    return {key: value for key, value in said.items() if value or key in ("id", "check", "about", "sentence")}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    said = {"standing": verdict.standing.value, "evidence": _evidence(verdict.evidence), "why": verdict.why,
            "causes": list(verdict.causes)}  # fmt: skip
    return {**_promise(verdict.promise), **{key: value for key, value in said.items() if value}}


def _evidence(evidence: Evidence | None) -> Mapping[str, Any]:
    if evidence is None:
        return {}
    said: dict[str, Any] = {
        "seen": evidence.seen,
        "place": evidence.place,
        "requests": evidence.requests,
        "seconds": round(evidence.seconds, 3),
        "numbers": dict(evidence.numbers),
    }
    return {**said, **({} if evidence.p is None else {"p": evidence.p})}
