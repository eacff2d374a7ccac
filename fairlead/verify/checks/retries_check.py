"""Are requests that fail tried again as often as promised? Counted by the first proxy, of an app made to fail."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.naming import asked
from fairlead.verify.obedience import DISOBEYS, obeys, provoked
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.proxy_route import proxy_route, retry_policy
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.classes.handled import handled

ORDER = 42
NAME = "retries"
_FAILS_WITH = {"5xx": "503", "gateway-error": "503", "retriable-4xx": "409", "503": "503", "unavailable": ""}
_WITHIN = 30.0
_OK = 400


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class whose route says how often to try."""
    for request, expected in subject.expectations:
        route = handled(subject.mesh, request) if expected.answered else None
        if route is None or route.settings.attempts is None:
            continue
        on = ",".join(sorted(route.retries.on))
        text = f"{asked(request)}: retried up to {route.retries.attempts} times" + (f" on {on}" if on else "")
        how = "2 requests to the app made to fail by a header, or else the route in the proxy's configuration"
        yield class_promise(
            NAME, text, subject, (request, expected), how=how, requests=3,
            details={"attempts": route.retries.attempts, "on": sorted(route.retries.on)},
        )  # fmt: skip


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """As many failures as there are retries have to be hidden, and one more has to show."""
    if promise.request is None:
        return unasked(promise, "it has no request")
    attempts, on = int(promise.details["attempts"]), list(promise.details["on"])
    codes = [_FAILS_WITH.get(each, each if each.isdigit() else "") for each in on] if attempts else ["503"]
    code = next((each for each in codes if each), "")
    if not code or asking.subject.is_protected or not obeys(asking, promise.request):
        return _in_the_proxy(promise, asking, attempts)
    fails = {"x-app-fail-code": code, "x-app-fail-first": str(attempts)}
    hidden = provoked(asking, promise.request, fails, _WITHIN)
    trial = Trial(asking, promise.request, within=_WITHIN, headers={**fails, "x-app-fail-first": str(attempts + 1)})
    batch = trial.batch(1, counted=True)
    shown = batch.answers[0]
    counted = sum(batch.counted.values()) if batch.counted else None
    said = (
        f"{attempts} failures: {hidden.status or hidden.error}; {attempts + 1} failures: {shown.status or shown.error}"
    )
    said += f", {counted} attempts counted" if counted is not None else ""
    evidence = Evidence(said, trial.sender.place, 3, trial.seconds)
    kept = (hidden.status or _OK) < _OK and str(shown.status) == code
    return holds(promise, evidence) if kept else broken(promise, evidence)


def _in_the_proxy(promise: Promise, asking: Asking, attempts: int) -> Verdict:
    route = proxy_route(asking, promise.request) if promise.request else None
    if route is None:
        return unasked(promise, DISOBEYS)
    seen = int(retry_policy(route).get("num_retries") or 0)
    evidence = Evidence(f"the route in the proxy has {seen} retries")
    return holds(promise, evidence) if seen == attempts else broken(promise, evidence)
