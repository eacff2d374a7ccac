"""Is it told that a load balancer of another class is another one, and nothing where the class stays what it was?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Effect, Hurt
from fairlead.effects.gateways import load_balancer_watcher as load_balancers
from fairlead.evaluation.snapshot import UNKNOWN
from tests.fixtures.compared import compared
from tests.fixtures.gateway_objects import AWS, nlb, pods

pytestmark = pytest.mark.mesh

CONTROLLER, AUTO_MODE = "service.k8s.aws/nlb", "eks.amazonaws.com/nlb"


def balancers(before: Any, after: Any, *, deploys: bool = True) -> list[Effect]:
    return list(load_balancers.watch(compared([before], [after], deploys=deploys)))


def of_class(name: str | None, **annotations: str) -> Any:
    return nlb(service={"loadBalancerClass": name} if name else {}, **annotations)


def auto_mode(**service: Any) -> Any:
    annotations = {f"{AWS}scheme": "internet-facing"}
    return pods(service={"annotations": annotations, "loadBalancerClass": AUTO_MODE, **service})


def test_a_load_balancer_of_another_class_is_another_one_with_a_new_address() -> None:
    guarded = auto_mode(loadBalancerSourceRanges=["10.0.0.0/8"])
    for before in (CONTROLLER, None):
        (found,) = balancers(of_class(before, security_groups="sg-1"), guarded)
        assert found.text.startswith(f"its load balancer class changes from {CONTROLLER} to {AUTO_MODE}: a new load")
        assert "a new address" in found.text
        assert (found.hurt, "move DNS" in found.advice) == (Hurt.REPLACES, True)


def test_another_load_balancer_that_admits_everybody_opens_up() -> None:
    found = balancers(of_class(CONTROLLER, security_groups="sg-1"), auto_mode())
    assert {each.hurt for each in found} == {Hurt.REPLACES, Hurt.EXPOSES}
    assert len(balancers(of_class(CONTROLLER), auto_mode())) == 1


def test_the_class_that_the_controllers_webhook_has_put_there_is_no_change() -> None:
    (found,) = balancers(of_class(None), of_class(CONTROLLER))
    assert found.text.startswith(f"declared with class {CONTROLLER}, which the controller's webhook has already set")
    assert "loadBalancerClass: null" in found.text
    assert found.hurt is None
    (back,) = balancers(of_class(CONTROLLER), of_class(None))
    assert (back.text, back.hurt) == (f"no longer declared with class {CONTROLLER}", None)


def test_a_class_that_the_cluster_decides_may_be_another_one() -> None:
    (found,) = balancers(of_class(CONTROLLER), of_class(UNKNOWN))
    assert (found.hurt, "which the cluster decides" in found.text) == (Hurt.REPLACES, True)


def test_between_two_stacks_a_class_is_a_difference_and_no_risk() -> None:
    (found,) = balancers(of_class(CONTROLLER), auto_mode(), deploys=False)
    assert found.text == f"its load balancer class is {CONTROLLER} in before, {AUTO_MODE} in after"
    assert found.hurt is None
