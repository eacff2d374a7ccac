"""Do the timeouts, retries and hashes of an app have the effect that they promise?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.handling import Handling, Retries
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys import duration
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.versions import RETRY_FIELDS

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
                longer = f"a timeout of {_written(tries * one)}"
                fits = whole // tries // _MILLISECOND * _MILLISECOND
                yield Hit(
                    (*path, "perTryTimeout"),
                    retries.per_try_timeout,
                    message,
                    f"write perTryTimeout: {_written(fits)} or less, fewer attempts, or {longer}"
                    if fits
                    else f"write {longer}",
                )


def _written(nanoseconds: int) -> str:
    """`1500ms`, `2s`."""
    milliseconds = nanoseconds // _MILLISECOND
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"


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
def backoffs_end_before_the_timeout(config: Config) -> Iterator[Hit]:
    """The backoff of retries is shorter than the timeout of the request.

    The timeout ends the wait too: no request would be sent again, whatever `attempts` says.
    """
    for index, app in enumerate(config.apps):
        seen: set[Path] = set()
        for path, timeout, retries in _waits(index, app):
            whole, wait = duration.nanoseconds(timeout), duration.nanoseconds(retries.backoff)
            if whole and wait and wait >= whole and path not in seen:
                seen.add(path)
                message = f"the request ends after {timeout}, before it would be sent again"
                yield Hit((*path, "backoff"), retries.backoff, message, "write a backoff well below the timeout")


@config_rule(needs=("istio",))
def retry_keys_are_known_to_istio(config: Config) -> Iterator[Hit]:
    """Keys of `retries` are fields that this version of Istio has.

    The definitions of an older version do not have them: the API server drops them, and nothing says so later.
    """
    first = ".".join(map(str, RETRY_FIELDS))
    for index, app in enumerate(config.apps) if config.istio.minor < RETRY_FIELDS else ():
        owners: list[tuple[Path, Handling]] = [((), app)]
        owners += [(("routes", number), each) for number, each in enumerate(app.routes)]
        for path, owner in owners:
            said = {
                "backoff": owner.retries and owner.retries.backoff,
                "retryIgnorePreviousHosts": owner.retries and owner.retries.retry_ignore_previous_hosts,
            }
            for key, value in said.items():
                if value is not None:
                    message = f"Istio {config.istio.version} does not have this field"
                    place: Path = ("apps", index, *path, "retries", key)
                    yield Hit(place, value, message, f"use Istio {first} or newer, or remove it")


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


@config_rule()
def hashed_headers_are_kept(config: Config) -> Iterator[Hit]:
    """A header of which the hash chooses the pod still has its client's value when the pod is chosen.

    Envoy changes the headers of a request before it chooses: without the header every request goes to any pod, and with
    one value for all of them to the same.
    """
    for index, app in enumerate(config.apps):
        balancing = [each.load_balancing for each in (app, *app.versions) if each.load_balancing]
        hashed = {each.hashed_header for each in balancing if each.hashed_header}
        owners: list[tuple[Path, Handling]] = [(("routes", number), each) for number, each in enumerate(app.routes)]
        for path, owner in [((), app), *owners] if hashed else ():
            changes = owner.headers.request if owner.headers else None
            if changes is None:
                continue
            where: Path = ("apps", index, *path, "headers", "request")
            for name, value in changes.set.items():
                if name in hashed:
                    message = (
                        "loadBalancing chooses the pod by this header, so that all of these requests go to one pod"
                    )
                    remedy = f"hash by another header, or do not set {name}"
                    yield Hit((*where, "set", name), value, message, remedy)
            for place, name in enumerate(changes.remove):
                if name in hashed:
                    message = "loadBalancing chooses the pod by this header, so that it has nothing to choose by"
                    yield Hit((*where, "remove", place), name, message, f"hash by another header, or keep {name}")


@config_rule(needs=("lifecycle",))
def faults_stay_out_of_protected_stacks(config: Config) -> Iterator[Hit]:
    """A fault for tests is not in a protected stack, unless it says that it is meant there.

    `lifecycle.protect` marks the stacks that people depend on, where a forgotten fault is an outage.
    """
    for index, app in enumerate(config.apps) if config.lifecycle.protect else ():
        for number, route in enumerate(app.routes):
            if route.fault and not route.fault.in_protected_stack:
                message = "this stack is protected (lifecycle.protect), and its clients would get delays or errors"
                remedy = "remove it, or write inProtectedStack: true beside it if it is meant"
                yield Hit(("apps", index, "routes", number, "fault"), None, message, remedy)


@config_rule(severity="warning")
def cookies_are_for_named_origins(config: Config) -> Iterator[Hit]:
    """Pages that may send a visitor's cookies are those of named origins.

    With any origin and allowCredentials, every website that a visitor opens can act in the visitor's name.
    """
    for index, app in enumerate(config.apps):
        owners: list[tuple[Path, Handling]] = [(("routes", number), each) for number, each in enumerate(app.routes)]
        for path, owner in [((), app), *owners]:
            policy = owner.cors_policy
            for place, origin in enumerate(policy.allow_origins if policy and policy.allow_credentials else ()):
                if origin.exact == "*" or origin.regex in (".*", ".+") or origin.prefix in ("http", "https://"):
                    where: Path = ("apps", index, *path, "corsPolicy", "allowOrigins", place)
                    message = "with allowCredentials, any website can send requests in the name of its visitors"
                    remedy = "write the origins that may, such as https://shop.example.com, or remove allowCredentials"
                    yield Hit(where, origin.exact or origin.regex or origin.prefix, message, remedy)
