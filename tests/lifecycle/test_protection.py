"""May a protected stack be destroyed? Neither while its file says so, nor before an `up` has said otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.protection import unprotected
from fairlead.terminal.errors import UserError
from tests.fixtures.evaluated import KIND, evaluated

pytestmark = pytest.mark.snapshot

NOTHING = Deployment({})


def state(**of_provider: Any) -> Deployment:
    provider = {"urn": "provider", "type": "pulumi:providers:kubernetes", **of_provider}
    return Deployment({"deployment": {"resources": [provider]}})


def test_a_stack_without_a_word_may_be_destroyed() -> None:
    unprotected(evaluated(None, cluster=KIND), state())


def test_a_protected_stack_is_refused_and_the_remedy_lifts_it() -> None:
    snapshot = evaluated(None, cluster=KIND, lifecycle={"protect": True})
    with pytest.raises(UserError) as caught:
        unprotected(snapshot, NOTHING)
    assert f"The stack {snapshot.stack} is protected" in caught.value.message
    assert f"set fairlead:lifecycle.protect to false in Pulumi.{snapshot.stack}.yaml" in caught.value.remedy


def test_what_the_last_up_protected_stays_until_the_next_one() -> None:
    with pytest.raises(UserError, match="is protected"):
        unprotected(evaluated(None, cluster=KIND), state(protect=True))


def test_the_engine_protects_what_no_update_deletes() -> None:
    snapshot = evaluated(None, cluster=KIND, lifecycle={"protect": True})
    assert [each.name for each in snapshot.resources if each.options.get("protect")] == ["kubernetes"]
