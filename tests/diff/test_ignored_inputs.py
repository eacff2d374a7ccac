"""What does a diff say of weights that a controller sets? What `up` does: it leaves them, and changes all else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from tests.fixtures.compared import side

pytestmark = pytest.mark.mesh

PATHS = ("spec.http[0].route[0].weight", "spec.http[0].route[1].weight")


def stack(*weights: int, timeout: str = "1s", ignored: tuple[str, ...] = PATHS) -> Side:
    route = [{"destination": {"host": f"web-{place}"}, "weight": weight} for place, weight in enumerate(weights)]
    metadata = {"name": "web", "namespace": "web"}
    spec: dict[str, Any] = {"hosts": ["web"], "http": [{"route": route, "timeout": timeout}]}
    made = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}
    found = side([made])
    resources = tuple(
        replace(each, options={**each.options, "ignoreChanges": list(ignored)}) if each.inputs else each
        for each in found.snapshot.resources
    )
    return replace(found, snapshot=replace(found.snapshot, resources=resources))


def said(before: Side, after: Side, *, deploys: bool = True) -> list[str]:
    return [str(each) for change in compare(before, after, deploys=deploys).changes for each in change.differences]


def test_weights_that_are_ignored_are_no_change() -> None:
    assert said(stack(60, 40), stack(100, 0)) == []


def test_weights_that_are_not_ignored_are_one() -> None:
    assert len(said(stack(60, 40, ignored=()), stack(100, 0, ignored=()))) == 2


def test_all_else_is_still_a_change() -> None:
    assert said(stack(60, 40), stack(100, 0, timeout="2s")) == ["spec.http[0].timeout: '1s' -> '2s'"]


def test_a_route_with_more_destinations_takes_what_it_says_of_the_new_one() -> None:
    (added,) = said(stack(60, 40), stack(100, 0, 0))
    assert added.startswith("spec.http[0].route[2]")


def test_two_stacks_are_compared_as_they_are_written() -> None:
    assert len(said(stack(60, 40), stack(100, 0), deploys=False)) == 2
