"""Does a diff say who may call whom, and who may no longer, whatever the policies look like?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.callers import GET, WEB, calls
from tests.fixtures.security_objects import ROOT, policy, source

pytestmark = pytest.mark.mesh


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            [],
            [policy("payments", source(namespaces=["payments"]), selects="payments")],
            "REFUSES payments: requests from outside its namespace are denied from now on",
            id="the first policy refuses everybody else",
        ),
        pytest.param(
            [],
            [policy("payments", source(namespaces=["payments"]))],
            "REFUSES namespace payments: requests from other namespaces are denied from now on",
            id="also of a namespace",
        ),
        pytest.param(
            [],
            [policy("payments", WEB | GET)],
            "REFUSES namespace payments: only requests from namespace web for GET /info* are allowed, all others "
            "are denied "
            "from now on",
            id="who is left is named",
        ),
        pytest.param(
            [policy("payments", WEB)],
            [policy("payments", source(namespaces=["web", "legacy"]))],
            "EXPOSES namespace payments: requests from namespace legacy are allowed from now on",
            id="a source more",
        ),
        pytest.param(
            [policy("payments", source(namespaces=["web", "legacy"]))],
            [policy("payments", WEB)],
            "REFUSES namespace payments: requests from namespace legacy are denied from now on",
            id="a source less",
        ),
        pytest.param(
            [policy("payments", WEB)],
            [policy("payments", WEB | GET)],
            "REFUSES namespace payments: of requests from namespace web only requests from namespace web for GET "
            "/info* are "
            "allowed from now on",
            id="narrowed to some requests",
        ),
        pytest.param(
            [policy("payments", WEB)],
            [],
            "EXPOSES namespace payments: every request is allowed from now on",
            id="the last policy goes",
        ),
        pytest.param(
            [policy("payments")],
            [policy("payments", {})],
            "EXPOSES namespace payments: every request is allowed from now on",
            id="allow nothing becomes allow all",
        ),
        pytest.param(
            [],
            [policy("payments")],
            "INTERRUPTS namespace payments: every request is denied from now on",
            id="allow nothing",
        ),
        pytest.param(
            [],
            [policy("payments", source(notRequestPrincipals=["*"]), action="DENY")],
            "REFUSES namespace payments: requests without a valid JWT are denied from now on",
            id="a JWT is required",
        ),
        pytest.param(
            [policy("payments", WEB, action="DENY")],
            [],
            "EXPOSES namespace payments: requests from namespace web are no longer denied",
            id="a denial goes",
        ),
        pytest.param(
            [],
            [policy("payments", GET, action="CUSTOM", provider={"name": "oauth"})],
            "REFUSES namespace payments: extension provider oauth authorizes requests for GET /info* from now on",
            id="somebody else decides",
        ),
        pytest.param(
            [],
            [policy("payments", {}, action="AUDIT")],
            "- namespace payments: all requests are marked for audit, none is denied from now on",
            id="an audit refuses nobody",
        ),
        pytest.param(
            [],
            [policy("payments", WEB, targetRefs=[{"kind": "Service", "name": "pay"}])],
            "REFUSES Service payments/pay: only requests from namespace web are allowed, all others are denied "
            "from now on",
            id="a target by name",
        ),
        pytest.param(
            [],
            [policy(ROOT, source(principals=["cluster.local/ns/web/sa/shop"]), action="DENY")],
            "REFUSES the whole mesh: requests from service account web/shop are denied from now on",
            id="the whole mesh",
        ),
        pytest.param(
            [],
            [policy(ROOT, source(ipBlocks=["10.0.0.0/8"]), selects="payments")],
            "REFUSES payments: only requests from 10.0.0.0/8 are allowed, all others are denied from now on",
            id="a selector of the root namespace reaches every namespace",
        ),
    ],
)
def test_a_policy_is_told_by_what_it_does_to_callers(before: list[Any], after: list[Any], expected: str) -> None:
    assert calls(before, after) == [expected]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([policy("payments", WEB)], [policy("payments", WEB, WEB)], id="the same rule twice"),
        pytest.param([policy("payments", WEB)], [policy("payments", WEB, WEB | GET)], id="a rule within another"),
        pytest.param([policy("payments", WEB)], [policy("payments", WEB, name="other")], id="another name"),
        pytest.param([], [policy("payments", {})], id="a first policy that allows all"),
        pytest.param(
            [policy("payments", source(namespaces=["web", "legacy"]))],
            [policy("payments", WEB, source(namespaces=["legacy"]))],
            id="one rule becomes two",
        ),
    ],
)
def test_what_means_the_same_says_nothing(before: list[Any], after: list[Any]) -> None:
    assert calls(before, after) == []
