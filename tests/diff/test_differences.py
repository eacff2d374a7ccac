"""Is every difference found, and nothing that is none? Without a server."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.evaluation.differences import changes, not_as_sent

pytestmark = pytest.mark.snapshot


@pytest.mark.parametrize(
    ("sent", "live"),
    [
        ({"a": 1}, {"a": 1, "added": "by the server"}),
        ({"cpu": "1000m"}, {"cpu": "1"}),
        ({"cpu": 0.5}, {"cpu": "500m"}),
        ({"memory": "1024Mi"}, {"memory": "1Gi"}),
        ({"empty": {}, "none": None, "zero": 0}, {}),
        ({"env": [{"name": "a", "value": "1"}]}, {"env": [{"name": "own"}, {"name": "a", "value": "1"}]}),
        ({"kind": "Secret", "stringData": {"a": "b"}}, {"kind": "Secret", "data": {"a": "Yg=="}}),
    ],
)
def test_what_the_server_adds_or_spells_differently_is_no_difference(
    sent: dict[str, Any], live: dict[str, Any]
) -> None:
    assert not_as_sent(sent, live) == []


@pytest.mark.parametrize(
    ("sent", "live", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b: 1 -> 2"),
        ({"a": {"b": 1}}, {"a": {}}, "a.b: 1 -> (none)"),
        ({"a": [1, 2]}, {"a": [1]}, "a[1]: 2 -> (none)"),
        ({"a": True}, {"a": 1.5}, "a: True -> 1.5"),
        ({"labels": {"x.io/y": "1"}}, {"labels": {"x.io/y": "2"}}, "labels['x.io/y']: '1' -> '2'"),
        ({"memory": "1G"}, {"memory": "1Gi"}, "memory: '1G' -> '1Gi'"),
    ],
)
def test_what_is_missing_or_another_is_told_by_its_path(sent: dict[str, Any], live: dict[str, Any], told: str) -> None:
    assert [str(each) for each in not_as_sent(sent, live)] == [told]


def test_a_change_is_what_differs_between_two_states_the_servers_books_aside() -> None:
    old = {"metadata": {"name": "a", "resourceVersion": "1"}, "spec": {"weights": [70, 30]}, "status": {"seen": 1}}
    new = {"metadata": {"name": "a", "resourceVersion": "2"}, "spec": {"weights": [60, 40]}, "status": {"seen": 2}}
    assert [str(each) for each in changes(old, new)] == ["spec.weights[0]: 70 -> 60", "spec.weights[1]: 30 -> 40"]


def test_items_of_one_name_are_told_by_their_places() -> None:
    mounts = [{"name": "all", "mountPath": "/a"}, {"name": "all", "mountPath": "/b"}]
    assert not_as_sent({"mounts": mounts}, {"mounts": mounts}) == []
    (told,) = not_as_sent({"mounts": mounts}, {"mounts": [mounts[0], {**mounts[1], "mountPath": "/c"}]})
    assert told.path == "mounts[1].mountPath"
