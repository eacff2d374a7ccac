"""Does the model say what a real istiod with real Envoys answered? Every recorded request, asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.truth import CASES, case, disagreements, mesh_of, predictions

pytestmark = [pytest.mark.mesh, pytest.mark.scale]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_answer_is_the_one_that_was_recorded(path: Path) -> None:
    for record, found in zip(case(path).get("requests", []), predictions(path), strict=True):
        if not found.open:
            assert list(disagreements(record, found)) == [], f"{record['from']} {record['method']} {record['url']}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_the_webhook_refused_is_said_to_be_refused(path: Path) -> None:
    assert list(mesh_of(path).refused) == sorted({each["object"] for each in case(path).get("refused", [])})


def test_little_is_left_open_and_each_with_its_reason() -> None:
    reasons = [each.open for path in CASES for each in predictions(path)]
    assert len(reasons) == 1076
    left = [reason for reason in reasons if reason]
    assert len(left) <= 2
    assert all("the client's IP address decides" in reason or "outlierDetection" in reason for reason in left)
