"""Does the page work in a real browser? Drawn, searched, picked from and read by keyboard, at 5 and at 200 apps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.picture.command import picture_files
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import evaluate_file
from tests.fixtures.picture.reader import CHROMIUM, MISPLACED, Reader, contrast, matching_apps
from tests.fixtures.picture.stacks import awkward, crowded, many_apps
from tests.fixtures.picture.varied import varied

playwright = pytest.importorskip("playwright.sync_api", reason="browser tier: playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="browser tier: no chromium, chromium-browser or google-chrome on PATH"),
]
SIZES = {"5 apps": 5, "200 apps": 200}


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, str]]:
    """Case -> what is written of it. Made first, as an evaluation and the driver of the browser each run a loop."""
    snapshots = {
        "dev": evaluate_file(PROGRAM / "Pulumi.dev.yaml"),
        "varied": varied(),
        "crowded": crowded(),
        "awkward": awkward(),
        **{case: many_apps(size) for case, size in SIZES.items()},
    }
    return {case: picture_files(snapshot) for case, snapshot in snapshots.items()}


@pytest.fixture(scope="module")
def browser(files: dict[str, dict[str, str]]) -> Iterator[Any]:  # noqa: ARG001 - they have to be there before
    with playwright.sync_playwright() as running:
        # Root has no sandbox, which is who runs the tests in a container.
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def reader(browser: Any, files: dict[str, dict[str, str]], tmp_path: Path) -> Iterator[Reader]:
    made = Reader(browser, files, tmp_path)
    yield made
    for context in browser.contexts:
        context.close()
    assert made.complaints == []
    assert [url for url in made.requests if not url.startswith("file:")] == []
    assert len(made.requests) <= 2


@pytest.mark.parametrize("suffix", ["html", "svg"])
@pytest.mark.parametrize("case", ["dev", "varied", "crowded", "awkward", *SIZES])
def test_no_text_leaves_its_box_or_meets_another(reader: Reader, case: str, suffix: str) -> None:
    page = reader.open(case, suffix=suffix)
    assert page.evaluate(MISPLACED) == []


@pytest.mark.parametrize("case", SIZES)
def test_the_search_narrows_and_counts(reader: Reader, case: str) -> None:
    page, size = reader.open(case), SIZES[case]
    count, search = page.locator("output"), page.get_by_role("searchbox")
    assert count.text_content() == f"{size} apps"
    assert len(matching_apps(page)) == size
    before = page.locator("svg.mesh").bounding_box()
    search.fill("APP-001")
    assert matching_apps(page) == ["app-001"]
    assert count.text_content() == f"1 of {size} apps"
    assert page.locator("g.quarter:not(.unmatched)").count() == 1
    assert page.locator("svg.mesh").bounding_box()["height"] == before["height"]
    search.fill("/api/0")
    assert matching_apps(page) == ["app-000"]
    search.fill("team-02 example.com")
    assert set(matching_apps(page)) == {f"app-{number:03}" for number in range(2, size, 12)}
    search.fill("no such thing")
    assert matching_apps(page) == []
    assert count.text_content() == f"0 of {size} apps"
    page.keyboard.press("Escape")
    assert len(matching_apps(page)) == size


@pytest.mark.parametrize("case", SIZES)
def test_what_does_not_match_is_dimmed_and_stays_where_it_is(reader: Reader, case: str) -> None:
    page = reader.open(case)
    places = "[...document.querySelectorAll('g.app > .row')].map((row) => row.getBBox().y + row.getCTM().f)"
    before = page.evaluate(places)
    page.get_by_role("searchbox").fill("app-001")
    opacity = "(each) => Number(getComputedStyle(each).opacity)"
    opacities = {name: page.locator("g.app", has_text=name).first.evaluate(opacity) for name in ("app-001", "app-000")}
    assert opacities["app-001"] == 1
    assert opacities["app-000"] < 0.5
    assert page.locator("g.door.dimmed").count() == page.locator("g.door").count() - 1
    assert page.locator("g.lane.dimmed").count() == page.locator("g.lane").count() - 1
    moved = {round(old - new, 3) for old, new in zip(before, page.evaluate(places), strict=True)}
    assert len(moved) == 1, "the whole drawing may be scrolled, no row may leave its place"


def test_the_first_match_comes_into_view(reader: Reader) -> None:
    page = reader.open("200 apps")
    row = page.locator("g.app", has_text="app-199")
    page.get_by_role("searchbox").fill("app-199")
    box = row.bounding_box()
    assert 0 < box["y"] < 900


def test_hosts_outside_are_counted_beside_the_apps(reader: Reader) -> None:
    page = reader.open("varied")
    assert page.locator("output").text_content() == "9 apps, 1 ServiceEntry"
    page.get_by_role("searchbox").fill("ServiceEntry")
    assert matching_apps(page) == ["partner"]


@pytest.mark.parametrize("case", SIZES)
def test_only_what_an_entrance_leads_to_is_left_when_it_is_chosen(reader: Reader, case: str) -> None:
    page, size = reader.open(case), SIZES[case]
    button = page.get_by_role("button", name="istio-internal", exact=True)
    button.click()
    assert set(matching_apps(page)) == {f"app-{number:03}" for number in range(1, size, 4)}
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert len(matching_apps(page)) == size


@pytest.mark.parametrize("case", SIZES)
def test_a_click_shows_the_objects_behind_a_part(reader: Reader, case: str) -> None:
    page = reader.open(case)
    panel = page.locator("aside")
    assert panel.is_hidden()
    page.locator("g.app", has_text="app-001").locator("g.route").nth(1).click()
    assert panel.locator("summary").all_text_contents() == ["VirtualService team-01/app-001"]
    assert "weight: 95\n" in panel.locator("pre").text_content()
    assert panel.locator("h2").text_content() == "all: 5 % to canary, 95 % to stable"
    page.locator("g.app", has_text="app-000").locator("g.edge").nth(1).click()
    assert panel.locator("summary").all_text_contents() == [
        "VirtualService team-00/app-000", "DestinationRule team-00/app-000",
    ]  # fmt: skip
    page.locator("g.entrance", has_text="istio-internal").click()
    assert panel.locator("summary").first.text_content() == "Release istio-internal/istio-internal"
    page.get_by_role("button", name="Close").click()
    assert panel.is_hidden()


def test_a_thin_edge_need_not_be_met_to_the_pixel(reader: Reader) -> None:
    page = reader.open("5 apps")
    line = page.locator("g.app", has_text="app-002").locator("g.edge path.reach").bounding_box()
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2 + 3)
    assert page.locator("aside summary").first.text_content() == "VirtualService team-02/app-002"


@pytest.mark.parametrize("case", SIZES)
def test_everything_can_be_done_without_a_mouse(reader: Reader, case: str) -> None:
    page = reader.open(case)
    page.keyboard.press("/")
    page.keyboard.type("app-003")
    assert matching_apps(page) == ["app-003"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    panel = page.locator("aside")
    assert panel.locator("h2").text_content() == "app app-003 in team-03"
    assert "kind: VirtualService" in panel.locator("pre").first.text_content()
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "app app-003 in team-03"
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    assert panel.is_visible()


def test_every_part_that_can_be_picked_can_be_reached_and_has_a_name(reader: Reader) -> None:
    page = reader.open("varied")
    unnamed = "[...document.querySelectorAll('.pick')].filter((part) => part.tabIndex !== 0 || !part.ariaLabel).length"
    assert page.evaluate(unnamed) == 0
    assert page.locator(".pick").count() > 40


@pytest.mark.parametrize("suffix", ["html", "svg"])
def test_dark_and_light_differ_and_both_can_be_read(reader: Reader, suffix: str) -> None:
    seen: set[str] = set()
    for scheme in ("light", "dark"):
        page = reader.open("dev", suffix=suffix, scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.querySelector('.ground')).fill")
        seen.add(ground)
        for style, surface in (("text.name", ".row"), ("text.quiet", ".quarter-box"), ("text.badge.good", "rect.good")):
            ink = page.evaluate(f"getComputedStyle(document.querySelector('{style}')).fill")
            paper = page.evaluate(f"getComputedStyle(document.querySelector('{surface}')).fill")
            assert contrast(ink, paper) >= 4.5, (scheme, style)
    reader.requests.clear()
    assert len(seen) == 2


def test_the_toggle_overrules_the_system(reader: Reader) -> None:
    page = reader.open("dev", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    assert light == page.evaluate(ground) != dark


def test_the_picture_is_as_wide_as_the_window_and_can_be_enlarged(reader: Reader) -> None:
    page = reader.open("5 apps", wide=1200)
    drawing, main = page.locator("svg.mesh"), page.locator("main")
    assert drawing.bounding_box()["width"] == pytest.approx(main.evaluate("(each) => each.clientWidth"))
    page.get_by_role("button", name="Larger").click()
    assert drawing.bounding_box()["width"] == pytest.approx(
        1.25 * main.evaluate("(each) => each.clientWidth"), rel=0.02
    )
    page.get_by_role("button", name="As wide as the window").click()
    assert drawing.bounding_box()["width"] <= 1200


@pytest.mark.parametrize("case", ["dev", "varied", "200 apps"])
def test_nothing_scrolls_sideways_and_the_panel_covers_nothing(reader: Reader, case: str) -> None:
    page = reader.open(case, wide=1400)
    main = page.locator("main")
    assert main.evaluate("(each) => each.scrollWidth - each.clientWidth") == 0
    page.locator("g.route.pick").last.click()
    assert main.evaluate("(each) => each.scrollWidth - each.clientWidth") == 0
    panel, drawing, picked = (page.locator(each).bounding_box() for each in ("aside", "main", ".picked"))
    assert drawing["y"] + drawing["height"] <= panel["y"] + 1
    assert drawing["y"] <= picked["y"] + 1
    assert picked["y"] + picked["height"] <= panel["y"] + 1


def test_on_paper_there_is_only_the_picture(reader: Reader) -> None:
    page = reader.open("dev", scheme="light")
    page.get_by_role("button", name="Dark").click()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("header").is_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.row')).fill") == "rgb(255, 255, 255)"
