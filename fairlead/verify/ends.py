"""In which ways may a request end, and in which did one? The model's outcomes and real answers in the same words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fairlead.verify.sending import OPEN, TIMEOUT, Answer
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import OUTSIDE, Outcome

NO_ANSWER = "no answer"
APP = "app "
STATUS = "status "
_UPSTREAM = "x-envoy-upstream-service-time"
_OF_PROXIES = re.compile(
    r"upstream connect error|upstream request timeout|upstream response|no healthy upstream|RBAC: access denied"
    r"|Jwt |Jwks |Audiences in Jwt|fault filter abort|local_rate_limited|stream timeout|response timeout"
)
"""What Envoy's own answers begin with (source/common/http/codes and the filters; Jwt: jwt_verify_lib's status)."""
_PROXIES = re.compile(r"istio-envoy|envoy")
_ERRORS = 300


@dataclass(frozen=True)
class Ends:
    """How requests of a class may end. `shares` by category, of 1; `apps` are the workloads of each category that is an
    app's answer, several where load balancing picks among them; `statuses` those that proxies answer with."""

    shares: Mapping[str, float]
    apps: Mapping[str, frozenset[str]]
    is_chance: bool = False
    """Whether load balancing decides between categories, so that each is possible and nobody knows how often."""

    @property
    def statuses(self) -> frozenset[int]:
        return frozenset(int(each.removeprefix(STATUS)) for each in self.shares if each.startswith(STATUS))

    @property
    def workloads(self) -> frozenset[str]:
        return frozenset(name for names in self.apps.values() for name in names)

    def of_workload(self, name: str) -> str:
        """The category of an answer by this workload."""
        return next((category for category, names in self.apps.items() if name in names), f"{APP}{name}")


def ends_of(expected: Explanation) -> Ends:
    """Those that the model says. Workloads behind one destination are one category: who of them answers is chance."""
    groups = _grouped([_apps(each, expected.outcomes) for each in expected.outcomes if each.answered])
    shares: dict[str, float] = {}
    apps: dict[str, frozenset[str]] = {}
    of_pools: dict[tuple[str, ...], set[str]] = {}
    for outcome in expected.outcomes:
        if outcome.answered:
            names = next(group for group in groups if outcome.answered in group)
            category = f"{APP}{' or '.join(sorted(names))}"
            apps[category] = names
        elif outcome.status is None:
            category = NO_ANSWER
        else:
            category = f"{STATUS}{outcome.status}"
        shares[category] = shares.get(category, 0.0) + outcome.share
        if outcome.pools:
            of_pools.setdefault(outcome.pools, set()).add(category)
    return Ends(shares, apps, any(len(each) > 1 for each in of_pools.values()))


def _apps(outcome: Outcome, every: Iterable[Outcome]) -> frozenset[str]:
    pool = (each.answered for each in every if outcome.pools and each.pools == outcome.pools and each.answered)
    return frozenset({outcome.answered, *pool})


def _grouped(listed: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Sets that have a name in common become one: whose an answer is, its name then does not tell."""
    found: list[frozenset[str]] = []
    for each in listed:
        apart = [group for group in found if not group & each]
        joined = frozenset[str]().union(each, *(group for group in found if group & each))
        found = [*apart, joined]
    return found


def is_of_app(answer: Answer, ends: Ends) -> bool:
    """Whether an app answered, and no proxy on the way in its place.

    Envoy marks what came from upstream, unless a route or the mesh config takes the mark away; a proxy's own answers
    have none, and the text of those behind the first one is known.
    """
    if answer.status is None:
        return answer.error == OPEN
    if _OF_PROXIES.match(answer.text):
        return False
    if answer.header(_UPSTREAM) is not None:
        return True
    of_proxy = _PROXIES.fullmatch(answer.header("server") or "") is not None
    return not (of_proxy and (answer.status in ends.statuses or answer.status >= _ERRORS))


def end_of(answer: Answer, ends: Ends, workload: str = "") -> str:
    """The category of an answer; `workload` is whose it is, where that is known."""
    if answer.status is None and answer.error != OPEN:
        return TIMEOUT if answer.error == TIMEOUT else NO_ANSWER
    if not is_of_app(answer, ends):
        return f"{STATUS}{answer.status}"
    if workload:
        return ends.of_workload(workload)
    return next(iter(ends.apps)) if len(ends.apps) == 1 else f"{APP}?"


def named_workload(answer: Answer, candidates: Collection[str], said: Collection[str] = ()) -> str:
    """Whose answer it is, where exactly one of the workloads is named in it: by its own name or its pods', in a header
    or in the body, as `instance: helloworld-v1-7d9f8c` is. What the request `said` itself tells nothing: an app that
    repeats the host does not name itself."""
    text = "\n".join([*(value for _, value in answer.headers), answer.text])
    for each in sorted(filter(None, said), key=len, reverse=True):
        text = text.replace(each, " ")
    found = {each for each in candidates if _is_named(each.rpartition("/")[2], text)}
    longest = {each for each in found if not any(other.startswith(f"{each}-") for other in found)}
    return longest.pop() if len(longest) == 1 else ""


def _is_named(name: str, text: str) -> bool:
    return re.search(rf"(?<![a-z0-9-]){re.escape(name)}(?![a-z0-9])", text) is not None


def in_words(category: str, ends: Ends) -> str:
    """A category as reports write it."""
    if category in ends.apps or category.startswith(APP):
        names = sorted(ends.apps.get(category, {category.removeprefix(APP)}))
        if names == ["?"]:
            return "an answer of an app that does not say which it is"
        return f"an answer of {' or '.join('outside the mesh' if each == OUTSIDE else each for each in names)}"
    if category.startswith(STATUS):
        return f"{category.removeprefix(STATUS)} by a proxy"
    return category
