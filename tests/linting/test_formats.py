"""Does each format of `lint` say all of a finding, to people, to programs and to GitHub?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fairlead.lint.rule_page import rule_pages
from tests.fixtures.lint_input import BAD_STACK, ROUTES, RULE, of_json

pytestmark = pytest.mark.mesh


def test_text_has_place_value_message_remedy_and_counterparts_and_counts_last(command, routes: Path) -> None:
    code, out, err = command("lint", "--objects", str(routes))
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert lines[0] == str(routes)
    start = lines.index(f"  13:19  error  {RULE}")
    assert lines[start + 1].strip() == 'VirtualService web/routes spec.http[0].route[0].destination.host: "cartt"'
    assert lines[start + 2].startswith("      no Service")
    assert lines[start + 3].startswith("      -> ")
    assert lines[start + 4].strip() == "also reported by IST0101, KIA1101"
    assert re.fullmatch(r"3 objects in 1 file: \d+ errors?, \d+ warnings?, \d+ infos?, 0 silenced", lines[-1])
    assert "\x1b[" not in out


def test_json_has_every_field_of_a_finding(command, routes: Path) -> None:
    code, out, _ = command("lint", "--objects", str(routes), "--format", "json")
    (finding,) = of_json(out)
    assert code == 1
    assert {key: finding[key] for key in finding if key not in ("message", "remedy")} == {
        "rule": RULE,
        "severity": "error",
        "kind": "VirtualService",
        "namespace": "web",
        "name": "routes",
        "file": str(routes),
        "path": "spec.http[0].route[0].destination.host",
        "line": 13,
        "column": 19,
        "value": "cartt",
        "counterparts": ["IST0101", "KIA1101"],
        "related": [],
    }
    assert finding["message"]
    assert finding["remedy"]
    assert set(json.loads(out)["summary"]) == {"errors", "warnings", "infos", "silenced", "lookedAt"}


def test_sarif_has_what_the_standard_asks_for(command, routes: Path) -> None:
    _, out, _ = command("lint", "--objects", str(routes), "--format", "sarif")
    document = json.loads(out)
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "fairlead"
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == list(rule_pages())
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", physical["artifactLocation"]["uri"])
        assert min(physical["region"].values()) >= 1
        assert result["partialFingerprints"]


def test_a_sarif_fingerprint_stays_when_lines_move(command, routes: Path) -> None:
    def fingerprints() -> list[dict[str, str]]:
        _, out, _ = command("lint", "--objects", str(routes), "--format", "sarif")
        return [result["partialFingerprints"] for result in json.loads(out)["runs"][0]["results"]]

    before = fingerprints()
    routes.write_text("# moved\n\n" + routes.read_text())
    assert fingerprints() == before


def test_github_gets_one_escaped_line_a_finding(command, tmp_path: Path) -> None:
    folder = tmp_path / "100%, a:b"
    folder.mkdir()
    (folder / "routes.yaml").write_text(ROUTES)
    code, out, _ = command("lint", "--objects", str(folder), "--format", "github")
    (line,) = [line for line in out.splitlines() if f"title={RULE}" in line]
    assert code == 1
    assert line.startswith(f"::error file={tmp_path}/100%25%2C a%3Ab/routes.yaml,line=9,col=19,title={RULE}::")
    assert "%0A" in line
    assert all(re.match(r"::(error|warning|notice) file=", each) for each in out.splitlines())


def test_what_json_cannot_hold_is_written_as_text(command, tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES.replace("host: cartt", "host: cartt\n          weight: .nan\n          1: 2020-01-01"))
    _, out, _ = command("lint", "--objects", str(file), "--format", "json")
    assert "NaN" not in out
    stack = tmp_path / "stack.yaml"
    stack.write_text(BAD_STACK.replace("8080", ".inf"))
    _, out, _ = command("lint", "--config-file", str(stack), "--format", "json")
    assert of_json(out, "shape")[0]["value"] == "inf"


def test_what_people_wrote_does_not_reach_the_terminal_as_control_codes(command, tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES.replace("name: routes", r'name: "a\e[31m\nb"'))
    _, out, _ = command("lint", "--objects", str(file))
    assert RULE in out
    assert "\x1b" not in out
