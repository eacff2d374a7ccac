"""Is what fails on connections from before a change asked again, and only that?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from fairlead.verify.asking import Asking
from fairlead.verify.promise import UNKNOWN, Evidence, Promise, Standing, Verdict
from fairlead.verify.sending import Address, Answer, Sent
from fairlead.verify.verify import promised, verdicts
from fairlead_mesh.model.requests.request import Request
from tests.fixtures.loopback.shop import subject

pytestmark = pytest.mark.mesh

MARK = (("x-envoy-upstream-service-time", "3"), ("x-app", "web-v1"))
GOOD, DENIED = Answer(200, headers=MARK), Answer(403, body=b"RBAC: access denied")


@dataclass
class World:
    """Answers are denied as long as `denials` last."""

    denials: int
    why: Sequence[str] = ()
    place: str = "this machine"
    proxy: str = ""
    proxies: None = None
    sent: list[Sent] = field(default_factory=list[Sent])

    def send(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:  # noqa: ARG002 - as Sender has it
        for each in requests:
            self.sent.append(each)
            yield DENIED if len(self.sent) <= self.denials else GOOD

    def sender(self, request: Request) -> World:  # noqa: ARG002 - as Access has it
        return self

    def address(self, gateway: str, port: int) -> Address:
        return Address(gateway, port)

    def causes(self, promise: Promise, evidence: Evidence) -> Sequence[str]:  # noqa: ARG002 - as Access has it
        return self.why


def verdict(world: World, again_after: float = 0.01) -> Verdict:
    asking = Asking(subject(), world, again_after=again_after)  # pyright: ignore[reportArgumentType]
    one = next(each for each in promised(asking.subject) if each.check == "answers" and "/retry" in each.sentence)
    (found,) = verdicts([replace(one, is_random=False)], asking)
    return found


def test_what_holds_later_and_has_no_cause_holds_and_both_are_said() -> None:
    found = verdict(World(denials=3))
    assert found.standing is Standing.HOLDS
    assert found.evidence
    assert "on connections that were older than a change: 3 x 403 by a proxy" in found.evidence.seen


def test_that_no_cause_could_be_looked_for_is_none() -> None:
    assert verdict(World(denials=3, why=(f"{UNKNOWN}no istiod is ready",))).standing is Standing.HOLDS


def test_what_fails_again_does_not_hold() -> None:
    assert verdict(World(denials=99)).standing is Standing.BROKEN


def test_what_has_a_cause_is_not_asked_again() -> None:
    world = World(denials=3, why=("a policy denies it",))
    assert (verdict(world).standing, len(world.sent)) == (Standing.BROKEN, 3)


def test_nothing_is_asked_again_unless_the_run_says_so() -> None:
    world = World(denials=3)
    assert (verdict(world, again_after=0).standing, len(world.sent)) == (Standing.BROKEN, 3)
