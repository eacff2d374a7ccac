"""Is a value found on its line? Paths of YAML texts, and where people see what the paths lead to."""

from __future__ import annotations

import json

import pytest

from fairlead.yaml_files.positions import Place, positions
from fairlead_mesh.findings import Path

pytestmark = pytest.mark.mesh

STACK = """\
# A stack.
config:
  aws:region: eu-west-1
  fairlead:istio:
    version: "1.30.3" # quoted
  fairlead:apps:
    - name: wéb😀
      hosts: [a.example.com, {odd: b}]
    - {name: api, port: 80}
  gateways:
  - name: edge
    values:
  fairlead:wait:
"""
MERGED = """\
base: &base {host: web, port: 80}
other: {<<: *base, port: 90}
many:
  <<: [*base, {subset: v1}]
text: |
  long
tagged: !!str 5
twice: 1
twice: 2
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("istio", "version"), 5, 14),
        (("istio",), 5, 5),
        (("apps",), 7, 5),
        (("apps", 0), 7, 7),
        (("apps", 0, "name"), 7, 13),
        (("apps", 0, "hosts"), 8, 14),
        (("apps", 0, "hosts", 1, "odd"), 8, 36),
        (("apps", 1, "port"), 9, 25),
        (("gateways",), 11, 3),
        (("gateways", 0, "name"), 11, 11),
    ],
)
def test_a_key_of_a_stack_file_is_found_with_and_without_the_projects_name(path: Path, line: int, column: int) -> None:
    assert positions(STACK).of_key(path) == Place(line, column)


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("istio", "mtls"), 5, 5),
        (("apps", 1, "hosts", 0), 9, 7),
        (("apps", 7), 7, 5),
        (("apps", "name"), 7, 5),
        (("apps", 0, "name", "deeper"), 7, 13),
        (("cluster",), 3, 3),
        ((), 3, 3),
    ],
)
def test_what_is_not_there_is_pointed_at_where_it_would_stand(path: Path, line: int, column: int) -> None:
    assert positions(STACK).of_key(path) == Place(line, column)


def test_what_is_left_empty_is_found_at_its_key() -> None:
    found = positions(STACK)
    assert found.of_key(("wait",)) == Place(13, 3)
    assert found.of_key(("gateways", 0, "values")) == Place(12, 5)


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("other", "host"), 1, 20),
        (("other", "port"), 2, 26),
        (("many", "subset"), 4, 24),
        (("many", "port"), 1, 31),
        (("text",), 5, 7),
        (("tagged",), 7, 9),
        (("twice",), 9, 8),
    ],
)
def test_aliases_merges_and_tags_are_followed_as_a_reader_follows_them(path: Path, line: int, column: int) -> None:
    found = positions(MERGED)
    assert found.of_value(path) == Place(line, column)
    assert found.leads_to_a_value(path)


def test_each_document_of_a_text_has_its_own_lines() -> None:
    found = positions("a: 1\n---\n# second\na: 2\n---\n[3]\n")
    assert [found.of_value(("a",), number) for number in range(2)] == [Place(1, 4), Place(4, 4)]
    assert found.of_value((0,), 2) == Place(6, 2)
    assert found.of_value(("a",), 9) == Place(1, 1)
    assert not found.leads_to_a_value(("b",), 0)


def test_json_is_found_too_with_tabs_or_without() -> None:
    document = {"spec": {"hosts": ["web"], "port": 80}}
    assert positions(json.dumps(document, indent=2)).of_value(("spec", "port")) == Place(6, 13)
    assert positions(json.dumps(document, indent="\t")).of_value(("spec", "hosts", 0)) == Place(4, 4)
    assert positions(json.dumps(document)).of_value(("spec", "port")) == Place(1, 37)


def test_a_key_that_is_no_text_is_found_by_how_it_is_written() -> None:
    assert positions("ports: {80: web, true: x}\n").of_value(("ports", "80")) == Place(1, 13)


@pytest.mark.parametrize("text", ["", "a: [", "just words", "a: *nowhere", "\x00", "- &a [*a]", "{{ template }}"])
def test_a_text_that_is_no_map_or_no_yaml_at_all_has_a_place_all_the_same(text: str) -> None:
    assert positions(text).of_key(("apps", 0, "name")) == Place(1, 1)


def test_a_recursive_merge_comes_to_an_end() -> None:
    assert positions("a: &a {<<: *a, b: 1}\n").of_value(("a", "c")) == Place(1, 4)
    assert positions("x: &x {<<: &y {<<: *x}}\n").of_value(("x", "c")) == Place(1, 4)
