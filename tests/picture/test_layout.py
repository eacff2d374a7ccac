"""Does everything have its own place in the picture? Boxes and texts, from no app to 200."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from fairlead.evaluation.snapshot import Snapshot
from fairlead.picture.drawing.shapes import Box, Group, Stroke
from fairlead.picture.layout.app_layout import row
from fairlead.picture.layout.columns import BAR_ROOM
from fairlead.picture.layout.lettering import FACES, legible, rows, shortened, width, wrapped
from fairlead.picture.layout.page_layout import Drawing, drawing
from fairlead.picture.model.model import App, Line, Strand
from fairlead.picture.model.reading import picture
from tests.fixtures.evaluated import STACKS, evaluate_file
from tests.fixtures.hand_made import stack
from tests.fixtures.picture.shapes import Area, area_of, boxes, meetings, placed, texts
from tests.fixtures.picture.stacks import awkward, crowded, many_apps
from tests.fixtures.picture.varied import varied

pytestmark = pytest.mark.snapshot

LARGEST = "200 apps"
CASES: dict[str, Callable[[], Snapshot]] = {
    "nothing": stack,
    "varied": varied,
    "crowded": crowded,
    "awkward": awkward,
    "5 apps": lambda: many_apps(5),
    LARGEST: lambda: many_apps(200),
    **{path.stem: (lambda path=path: evaluate_file(path)) for path in STACKS},
}


@cache
def snapshot_of(case: str) -> Snapshot:
    return CASES[case]()


@cache
def drawing_of(case: str) -> Drawing:
    return drawing(picture(snapshot_of(case)))


EACH = [pytest.param(case, marks=pytest.mark.scale) if case == LARGEST else case for case in CASES]


@pytest.fixture(params=EACH)
def drawn(request: pytest.FixtureRequest) -> Drawing:
    return drawing_of(request.param)


def test_no_two_boxes_overlap(drawn: Drawing) -> None:
    for styles in (("quarter-box", "card", "outside"), ("row", "card", "outside"), ("badge",)):
        assert meetings(boxes(drawn.shapes, *styles)) == []


def test_no_two_texts_overlap(drawn: Drawing) -> None:
    assert meetings(map(area_of, texts(drawn.shapes))) == []


def test_no_text_lies_on_a_bar(drawn: Drawing) -> None:
    bars = boxes(drawn.shapes, "bar")
    assert meetings([*bars, *map(area_of, texts(drawn.shapes))]) == []


def test_each_text_has_room_in_its_box(drawn: Drawing) -> None:
    page = Area(0, 0, drawn.width, drawn.height, "page")
    for area in map(area_of, texts(drawn.shapes)):
        assert page.holds(area)
    for group in [shape for shape in placed(drawn.shapes) if isinstance(shape, Group)]:
        frames = boxes([group], "row", "card", "badge", "outside")
        styles = {shape.style for shape in group.shapes if isinstance(shape, Box)}
        own = [frame for frame in frames if frame.what in styles]
        if len(own) == 1:
            for area in map(area_of, texts([group])):
                assert own[0].holds(area), (own[0], area)


def test_what_can_be_picked_lies_apart_from_the_rest_that_can(drawn: Drawing) -> None:
    assert meetings(box for box in boxes(drawn.shapes, "hit") if "card" not in box.what) == []


def test_every_row_lies_in_its_namespace(drawn: Drawing) -> None:
    frames = boxes(drawn.shapes, "quarter-box")
    for area in boxes(drawn.shapes, "row"):
        assert any(frame.holds(area) for frame in frames)


def test_a_bar_adds_up_to_its_whole(drawn: Drawing) -> None:
    routes = [shape for shape in placed(drawn.shapes) if isinstance(shape, Group) and shape.style == "route"]
    for route in routes:
        parts = boxes([route], "part")
        if parts:
            assert sum(part.right - part.left for part in parts) == pytest.approx(BAR_ROOM)
            assert meetings(parts) == []


def test_no_lane_leaves_its_entrance_where_another_one_meets_a_row(drawn: Drawing) -> None:
    strokes = [shape for shape in placed(drawn.shapes) if isinstance(shape, Stroke)]
    out = [(stroke.style.partition(" ")[0], stroke.y1) for stroke in strokes if stroke.style.endswith(" out")]
    taps = [
        (part.style, part.y1)
        for group in placed(drawn.shapes)
        if isinstance(group, Group) and group.style == "tap"
        for part in placed([group])
        if isinstance(part, Stroke) and part.style != "halo"
    ]
    meet = [(one, other) for one, y in out for other, tap in taps if one not in (other, "halo") and abs(y - tap) < 4]
    assert meet == []


@pytest.mark.parametrize("case", EACH)
def test_the_same_stack_comes_to_the_same_drawing(case: str) -> None:
    assert drawing(picture(snapshot_of(case))) == drawing_of(case)


def test_a_text_is_shortened_to_its_room_and_keeps_both_ends() -> None:
    host = "a-very-long-name-of-an-app.of-a-team.example.com"
    for style in FACES:
        short = shortened(host, style, 120)
        assert width(short, style) <= 120
        assert short[0] == "a"
        assert short.endswith("m")
        assert "\u2026" in short
    assert shortened(host, "code", 1000) == host


def test_a_long_text_is_broken_at_spaces_and_shortened_on_its_last_line() -> None:
    lines = wrapped("one two three four five six seven eight nine ten", "body", 80, 3)
    assert len(lines) == 3
    assert lines[0] == "one two"
    assert "\u2026" in lines[-1]
    assert all(width(line, "body") <= 80 for line in lines)


def test_things_in_a_row_have_room_there() -> None:
    assert list(rows([40, 40, 40, 200, 10], 100, 10)) == [[0, 1], [2], [3], [4]]
    assert list(rows([], 100, 10)) == []


def test_what_xml_forbids_or_turns_writing_round_is_replaced() -> None:
    assert legible("a\x00b\u202ec\ud800d\ne") == "a\ufffdb\ufffdc\ufffdd e"


def test_hosts_stand_beside_their_own_routes() -> None:
    many = tuple(f"{letter}.example.com" for letter in "abcd")
    strands = tuple(
        Strand(("gate",), hosts, (Line((f"path {hosts[0]}",), answer="301"),)) for hosts in (many, ("e.com",))
    )
    texts_of_row = {text.text: text.y for text in texts(row(App("web", "web", strands)).shapes)}
    assert texts_of_row["e.com"] == texts_of_row["path e.com"] > texts_of_row["d.example.com"]
