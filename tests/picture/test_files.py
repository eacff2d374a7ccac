"""Are the two files what they have to be? Valid, self-contained, the same each time, and written both or not at all."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.snapshot import Snapshot
from fairlead.picture.command import picture_files
from fairlead.picture.options import picture as picture_options
from fairlead.preview.rule_lookups import rules_looked_up
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.hand_made import stack
from tests.fixtures.picture.stacks import awkward, crowded, manifest, many_apps, service, virtual_service
from tests.fixtures.picture.varied import varied

pytestmark = pytest.mark.snapshot
HOSTILE = "</script><script>alert(1)</script><!-- ]]> & \"'` \x00\x1b \u202e"
SVG = "{http://www.w3.org/2000/svg}"


def hostile() -> Snapshot:
    """Every text that the picture takes over, as bad as it can be."""
    route = {"match": [{"uri": {"prefix": HOSTILE}}], "route": [{"destination": {"host": HOSTILE, "subset": HOSTILE}}]}
    spec = {"hosts": [HOSTILE], "gateways": [HOSTILE, "mesh"], "http": [route, {"redirect": {"uri": HOSTILE}}]}
    labels = {HOSTILE: HOSTILE, "istio.io/rev": HOSTILE}
    return stack(
        virtual_service(HOSTILE, HOSTILE, spec),
        service(HOSTILE, HOSTILE, ports=[{"port": HOSTILE}]),
        manifest("v1", "Namespace", HOSTILE, metadata={"labels": labels}),
        manifest("v1", "ConfigMap", "settings", namespace=HOSTILE, data={"page": HOSTILE}),
        manifest("security.istio.io/v1", "AuthorizationPolicy", HOSTILE, namespace=HOSTILE, spec={}),
    )


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - nobody else's file


@pytest.mark.parametrize("snapshot", [stack(), varied(), crowded(), awkward(), hostile()])
def test_the_drawing_is_valid_xml_with_title_and_description(snapshot: Snapshot) -> None:
    root = parsed(picture_files(snapshot)["hand.svg"])
    assert root.tag == f"{SVG}svg"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert not list(root.iter(f"{SVG}script"))


def test_hostile_names_stay_text() -> None:
    written = picture_files(hostile())
    root = parsed(written["hand.svg"])
    assert any("<script>" in (element.text or "") for element in root.iter())
    tags = Tags(written["hand.html"])
    assert tags.scripts == 2
    assert "<script>alert" not in written["hand.svg"]
    (data,) = re.findall(r'id="objects">(.*?)</script>', written["hand.html"], re.DOTALL)
    assert not set("<>&") & set(data)
    texts = [text for _, text in json.loads(data)]
    assert any("</script><script>alert(1)" in text for text in texts)
    assert not [text for text in texts if "\u202e" in text]


def test_a_page_loads_nothing_and_lets_only_its_own_code_run() -> None:
    for snapshot in (varied(), hostile()):
        for text in picture_files(snapshot).values():
            tags = Tags(text)
            assert tags.references == set()
            assert "@import" not in text
            assert "url(" not in text
        page = picture_files(snapshot)["hand.html"]
        (policy,) = re.findall(r'Security-Policy" content="([^"]*)"', page)
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        code = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page, re.DOTALL)
        assert len(code) == 3
        for each in code:
            assert f"sha256-{b64encode(sha256(each.encode()).digest()).decode()}" in policy


class Tags(HTMLParser):
    """Counts what could load or run something."""

    def __init__(self, text: str):
        super().__init__()
        self.scripts = 0
        self.references: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            loads = name in ("src", "href", "xlink:href", "action", "style") or name.startswith("on")
            if loads:
                self.references.add(f"{tag} {name}={value}")


def test_both_follow_light_and_dark() -> None:
    for text in picture_files(varied()).values():
        assert "prefers-color-scheme:dark" in text


def test_the_same_stack_comes_to_the_same_bytes() -> None:
    assert picture_files(many_apps(5)) == picture_files(many_apps(5))
    assert picture_files(varied()) == picture_files(varied())


def test_no_secret_is_in_a_file() -> None:
    for text in picture_files(varied()).values():
        assert "hunter2" not in text
        assert "aHVudGVyMg" not in text
    assert "[secret]" in picture_files(varied())["hand.html"]


def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(picture_options)
    return made


def test_the_command_writes_both_files_and_says_where(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    done = CliRunner().invoke(app(), ["--stack", "dev", "--cwd", str(PROGRAM), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [str(out / "dev.svg"), str(out / "dev.html")]
    assert sorted(path.name for path in out.iterdir()) == ["dev.html", "dev.svg"]


@pytest.mark.parametrize(("mode", "said"), [("auto", True), ("always", False)])
def test_rules_that_are_always_created_are_not_said_to_hang_on_others(tmp_path: Path, mode: str, said: bool) -> None:
    arguments = ["--stack", "dev", "--set", f"securityRules={mode}", "--cwd", str(PROGRAM), "--out", str(tmp_path)]
    done = CliRunner().invoke(app(), arguments)
    assert done.exit_code == 0, done.output
    assert ("created unless already open" in (tmp_path / "dev.svg").read_text()) is said


def test_the_command_wants_a_stack() -> None:
    done = CliRunner().invoke(app(), ["--out", "somewhere"])
    assert done.exit_code == 2
    assert "name a stack" in done.output


def test_the_picture_in_the_docs_is_that_of_the_dev_stack() -> None:
    stack_file = read_stack_file(PROGRAM, stack="dev")
    snapshot = evaluate(PROGRAM, stack_file)
    drawn = picture_files(snapshot, rules_looked_up=rules_looked_up(snapshot, stack_file))["dev.svg"]
    assert (PROGRAM / "docs" / "dev.svg").read_text(encoding="utf-8") == drawn, "run make docs"
