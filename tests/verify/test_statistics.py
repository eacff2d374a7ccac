"""Are false alarms and misses as rare as the sequential test of shares promises, and does it end when it can?"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import pytest

from fairlead.verify.statistics.alternatives import alternatives
from fairlead.verify.statistics.shares_test import Ruling, SharesTest, usual_number

pytestmark = pytest.mark.mesh

SPLIT = {"v1": 0.7, "v2": 0.3}


def ruled(
    promised: Mapping[str, float], true: Mapping[str, float], alarm: float, rng: random.Random, most: int = 4000
) -> SharesTest:
    """A test of answers that come with other shares, or the promised ones, until it has ruled."""
    test = SharesTest(promised, alarm)
    while test.ruling is Ruling.OPEN and test.number < most:
        test.see(Counter(rng.choices(list(true), list(true.values()), k=25)))
    return test


def rulings(true: Mapping[str, float], alarm: float, runs: int, promised: Mapping[str, float] = SPLIT) -> Counter[str]:
    rng = random.Random(1)  # noqa: S311 - the same each time
    return Counter(str(ruled(promised, true, alarm, rng).ruling) for _ in range(runs))


def test_sixty_to_forty_is_told_from_seventy_to_thirty() -> None:
    assert rulings({"v1": 0.6, "v2": 0.4}, 1e-5, 100)["false"] >= 98
    assert rulings({"v1": 0.8, "v2": 0.2}, 1e-5, 100)["false"] >= 98


def test_a_true_split_is_accepted() -> None:
    assert rulings(SPLIT, 1e-5, 100) == {"true": 100}


@pytest.mark.scale
def test_false_alarms_are_no_more_often_than_allowed() -> None:
    """One in twenty is allowed here, so that a few hundred runs can tell."""
    assert rulings(SPLIT, 0.05, 600)["false"] <= 0.05 * 600


def test_a_small_share_is_told_from_none_and_from_its_double() -> None:
    few = {"v1": 0.95, "v2": 0.05}
    assert rulings(few, 1e-5, 30, few)["true"] == 30
    assert rulings({"v1": 1.0, "v2": 0.0}, 1e-5, 30, few)["false"] == 30
    assert rulings({"v1": 0.9, "v2": 0.1}, 1e-5, 30, few)["false"] >= 29


def test_a_clear_case_ends_after_a_few_requests() -> None:
    swapped = ruled(SPLIT, {"v1": 0.01, "v2": 0.99}, 1e-5, random.Random(1))  # noqa: S311
    assert (swapped.ruling, swapped.number) == (Ruling.FALSE, 25)
    assert swapped.p < 1e-5


def test_what_must_never_be_seen_is_an_alarm_at_once() -> None:
    test = SharesTest(SPLIT, 1e-5)
    assert test.see({"v1": 7, "v3": 1}) is Ruling.FALSE
    assert (test.strange, test.p) == ("v3", 0.0)


def test_a_ruling_stays() -> None:
    test = SharesTest(SPLIT, 1e-5)
    test.see({"v2": 40})
    test.see({"v1": 4000})
    assert test.ruling is Ruling.FALSE


def test_the_p_value_is_that_of_the_worst_moment() -> None:
    test = SharesTest(SPLIT, 1e-9)
    test.see({"v2": 12})
    worst = test.p
    test.see({"v1": 28})
    assert test.p == worst < 1e-3


def test_the_usual_number_is_about_what_a_true_split_takes() -> None:
    rng = random.Random(1)  # noqa: S311
    numbers = [ruled(SPLIT, SPLIT, 1e-5, rng).number for _ in range(100)]
    assert 0.7 < sum(numbers) / len(numbers) / usual_number(SPLIT) < 1.6


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.3, 0.5, 0.9, 0.999])
def test_alternatives_are_shares_themselves_on_both_sides(share: float) -> None:
    down, up, *_ = alternatives({"v1": share, "v2": 1 - share})
    assert 0 < down.other < share < up.other < 1
    assert max(share - down.other, up.other - share) <= 0.1 + 1e-9
