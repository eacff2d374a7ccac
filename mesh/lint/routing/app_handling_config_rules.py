"""Do the timeouts, retries and hashes of an app have the effect that they promise?"""

from __future__ import annotations

from collections.abc import Iterator

from mesh.apps.app import App
from mesh.apps.handling import Handling, Retries
from mesh.config import Config
from mesh.findings import Hit, Path
from mesh.keys import duration
from mesh.lint.rule import config_rule

_MILLISECOND = 10**6


@config_rule(severity="warning")
def retries_end_before_the_timeout(config: Config) -> Iterator[Hit]:
    """The tries of a request, each as long as it may be, take no longer than its timeout.

    The timeout ends all tries together: the last ones never happen, and the client gets 504 though a pod would have
    answered.
    """
    for index, app in enumerate(config.apps):
        seen: set[Path] = set()
        for path, timeout, retries in _waits(index, app):
            whole, one = duration.nanoseconds(timeout), duration.nanoseconds(retries.per_try_timeout)
            tries = retries.attempts + 1
            if whole and one and tries * one > whole and path not in seen:
                seen.add(path)
                message = f"{tries} tries of {retries.per_try_timeout} take longer than the timeout of {timeout}"
                message += f": only {-(-whole // one)} of them are made" if one < whole else ""
                longer = f"a timeout of {tries * one // _MILLISECOND}ms"
                fits = whole // tries // _MILLISECOND
                yield Hit(
                    (*path, "perTryTimeout"),
                    retries.per_try_timeout,
                    message,
                    f"write perTryTimeout: {fits}ms or less, fewer attempts, or {longer}"
                    if fits
                    else f"write {longer}",
                )


def _waits(index: int, app: App) -> Iterator[tuple[Path, str, Retries]]:
    """(where its retries stand, the timeout, the retries) of every route that has both."""
    at_home: Path = ("apps", index)
    owners: list[tuple[Path, Handling]] = [
        ((*at_home, "routes", number), each) for number, each in enumerate(app.routes)
    ]
    for path, route in owners or [(at_home, app)]:
        timeout = route.timeout or app.timeout
        place, retries = (path, route.retries) if route.retries else (at_home, app.retries)
        if timeout and retries:
            yield (*place, "retries"), timeout, retries


@config_rule(severity="warning")
def warmups_have_shares_to_give(config: Config) -> Iterator[Hit]:
    """A warmup raises the share of a pod little by little, which random balancing does not look at.

    Envoy has it for roundRobin and leastRequest alone: a pod that has just started gets its whole share at once.
    """
    for index, app in enumerate(config.apps):
        owners = [(("versions", number), version) for number, version in enumerate(app.versions)]
        for path, owner in [((), app), *owners]:
            balancing = owner.load_balancing
            if balancing and balancing.warmup and balancing.simple == "random":
                place: Path = ("apps", index, *path, "loadBalancing", "warmup")
                message = "has no effect: random balancing gives every pod its whole share at once"
                yield Hit(place, balancing.warmup.duration, message, "use roundRobin or leastRequest, or remove warmup")
