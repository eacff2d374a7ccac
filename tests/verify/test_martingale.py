"""Is the test of shares what its bounds need: a martingale against the promise, whatever the shares and the answers?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.verify.statistics.alternatives import alternatives
from fairlead.verify.statistics.shares_test import Ruling, SharesTest, log_evidence

pytestmark = pytest.mark.mesh

WEIGHTS = st.lists(st.integers(1, 100), min_size=2, max_size=5)
COUNTS = st.lists(st.integers(0, 400), min_size=5, max_size=5)


def shares_of(weights: list[int]) -> dict[str, float]:
    return {f"v{number}": weight / sum(weights) for number, weight in enumerate(weights)}


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, COUNTS)
def test_the_evidence_stays_the_same_on_average_while_the_promise_is_true(
    weights: list[int], numbers: list[int]
) -> None:
    shares = shares_of(weights)
    counts, others = dict(zip(shares, numbers, strict=False)), tuple(alternatives(shares))
    now = log_evidence(shares, counts, others)
    then = (
        (share, log_evidence(shares, {**counts, category: counts[category] + 1}, others))
        for category, share in shares.items()
    )
    assert math.isclose(sum(share * math.exp(each - now) for share, each in then), 1.0, rel_tol=1e-9)


@given(WEIGHTS)
def test_the_evidence_begins_at_one(weights: list[int]) -> None:
    shares = shares_of(weights)
    assert math.isclose(log_evidence(shares, {}, tuple(alternatives(shares))), 0.0, abs_tol=1e-12)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS)
def test_a_promise_gains_nothing_on_average_while_an_alternative_or_a_farther_share_is_true(weights: list[int]) -> None:
    for each in alternatives(shares_of(weights)):
        gains = math.exp(-each.log_ratio(1, 1)), math.exp(-each.log_ratio(0, 1))
        farther = each.other + (each.other - each.promised) / 4
        for true in (each.other, min(max(farther, 0.0), 1.0)):
            assert true * gains[0] + (1 - true) * gains[1] <= 1 + 1e-9


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, COUNTS)
def test_a_ruling_has_a_p_value_that_agrees_with_it(weights: list[int], numbers: list[int]) -> None:
    shares = shares_of(weights)
    test = SharesTest(shares, 1e-4)
    ruling = test.see(dict(zip(shares, numbers, strict=False)))
    assert 0 <= test.p <= 1
    assert (ruling is Ruling.FALSE) == (test.p <= 1e-4)
