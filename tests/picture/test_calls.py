"""Does the picture show which app says that it calls which?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.picture.drawing.shapes import Dot, Group, Stroke
from fairlead.picture.layout.call_layout import call_lines, calls_width
from fairlead.picture.layout.page_layout import drawing
from fairlead.picture.model.model import Call, Picture
from fairlead.picture.model.reading import picture
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import evaluate_file, evaluated
from tests.fixtures.picture.shapes import placed

pytestmark = pytest.mark.snapshot


def shop(*calls: str, **other: Any) -> Picture:
    def app(name: str, **keys: Any) -> dict[str, Any]:
        return {"name": name, "port": 80, "external": {"labels": {"app": name}}, "serviceAccount": name, **keys}

    return picture(evaluated(apps=[app("web", calls=list(calls)), app("cart"), app("pay")], **other))


def said(shown: Picture) -> list[str]:
    return [call.words for call in shown.calls]


def test_an_app_calls_those_that_it_declares_and_no_others() -> None:
    assert said(shop("pay")) == ["web calls pay"]
    assert said(shop("pay", "cart")) == ["web calls cart", "web calls pay"]
    assert not shop().calls


def test_a_host_outside_the_mesh_is_called_once_whether_through_a_gateway_or_not() -> None:
    shown = picture(evaluate_file(PROGRAM / "examples" / "egress.yaml"))
    assert [each for each in said(shown) if each.startswith("details")] == [
        "details calls mail",
        "details calls payments",
        "details calls books",
        "details calls covers",
    ]


def test_a_call_leads_to_the_object_that_says_it_and_both_ends_are_at_their_rows() -> None:
    shown = shop("pay")
    (call,) = shown.calls
    assert [shown.sources[number].title for number in call.objects] == ["Sidecar default/web"]
    names = [[app.name for app in quarter.apps] for quarter in shown.quarters]
    assert names[call.caller[0]][call.caller[1]] == "web"
    assert names[call.callee[0]][call.callee[1]] == "pay"


def test_there_is_room_for_the_lines_beside_the_rows_and_none_is_taken_without_calls() -> None:
    with_calls, without = (drawing(shop(*calls)) for calls in (("pay", "cart"), ()))
    assert with_calls.width > without.width
    strokes = [each for each in placed(with_calls.shapes) if getattr(each, "style", "") == "call"]
    assert strokes


def test_lines_that_would_lie_on_each_other_lie_side_by_side() -> None:
    crossing = [Call((0, 0), (0, 2), "a"), Call((0, 1), (0, 3), "b"), Call((0, 4), (0, 5), "c")]
    middles = {(0, place): 100.0 * place for place in range(6)}
    lines = [*call_lines(crossing, middles, 0)]
    downs = [next(each for each in group.shapes if isinstance(each, Stroke) and each.x1 == each.x2) for group in lines]
    assert downs[0].x1 != downs[1].x1
    assert downs[2].x1 == downs[0].x1, "where nothing is in between, a line is used again"
    assert max(each.x1 for each in downs) < calls_width(crossing)
    ends = [next(each for each in group.shapes if isinstance(each, Dot)) for group in lines if isinstance(group, Group)]
    assert [round(each.y / 100) for each in ends] == [2, 3, 5]
