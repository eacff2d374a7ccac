"""Do answers have the headers that routes give them, and not those that routes take away? Redirects and CORS too."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.naming import asked
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.classes.handled import handled
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation

ORDER = 30
NAME = "answer_headers"
_NUMBER = 3
_SERVER = "www-authenticate"


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class whose answers have headers that the mesh sets, or lack those that it removes."""
    for request, expected in subject.expectations:
        if not expected.open and (found := _promised(subject, request, expected)):
            yield found


def _promised(subject: Subject, request: Request, expected: Explanation) -> Promise | None:
    given = {name: str(value) for name, value in expected.constant("answer").items() if name != _SERVER}
    route = handled(subject.mesh, request) if expected.answered else None
    removed = [name for name in route.removed("response") if name not in given] if route else []
    if not given and not removed:
        return None
    said = [f"{name}: {value}" for name, value in sorted(given.items())]
    text = f"{asked(request)}: answered with {', '.join(said)}" if said else f"{asked(request)}: answered"
    text += f" without {', '.join(removed)}" if removed else ""
    how = f"{_NUMBER} requests" + ("; whether the app sets what is removed, nobody knows" if removed else "")
    return class_promise(
        NAME, text, subject, (request, expected), how=how, requests=_NUMBER,
        details={"given": given, "removed": removed},
    )  # fmt: skip


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Every answer is looked at."""
    if promise.request is None:
        return unasked(promise, "it has no request")
    trial = Trial(asking, promise.request)
    answers = trial.batch(_NUMBER).answers
    wrong: list[str] = []
    for answer in answers:
        if answer.status is None:
            return unasked(promise, f"no answer ({answer.error}: {answer.why})")
        for name, value in promise.details["given"].items():
            if (seen := answer.header(name)) != value:
                wrong.append(f"{name} is {seen or 'missing'}")
        wrong += [f"{name} is {answer.header(name)}" for name in promise.details["removed"] if answer.header(name)]
    said = "; ".join(dict.fromkeys(wrong)) or f"all {len(answers)} answers have it so"
    evidence = Evidence(said, trial.sender.place, trial.sent, trial.seconds)
    return broken(promise, evidence) if wrong else holds(promise, evidence)
