"""How long may a release take? As the stack file says, else Helm's time, and longer behind a load balancer of AWS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.evaluated import EKS, KIND, evaluated

pytestmark = pytest.mark.snapshot

FRONT = {"name": "front", "expose": "internet-facing"}
INSIDE = {"name": "inside", "expose": "clusterIP"}


def timeouts(cluster: dict[str, Any], **said: str) -> dict[str, Any]:
    keys: dict[str, Any] = {"cluster": cluster, "gateways": [FRONT, INSIDE], "addons": {"prometheus": {}}}
    snapshot = evaluated(None, **keys, **({"timeouts": said} if said else {}))
    return {each.name: each.inputs.get("timeout") for each in snapshot.resources if each.is_release}


def test_without_a_word_gateways_on_eks_have_longer_and_the_rest_what_helm_gives() -> None:
    others = {"istio-base": None, "istiod": None, "prometheus": None, "inside": None}
    assert timeouts(EKS) == {**others, "front": 900}
    assert timeouts(KIND) == {**others, "front": None}


def test_the_stack_file_says_it_for_releases_and_for_gateways() -> None:
    rest = {"istio-base": 90, "istiod": 90, "prometheus": 90}
    assert timeouts(EKS, releases="90s") == {**rest, "front": 900, "inside": 90}
    assert timeouts(KIND, releases="90s") == {**rest, "front": 90, "inside": 90}
    assert timeouts(EKS, releases="90s", gatewayReleases="20m") == {**rest, "front": 1200, "inside": 1200}
