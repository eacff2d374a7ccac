"""What does `fairlead versions --stack` say of an upgrade? The published changes that touch the stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from fairlead.evaluation.snapshot import HELM_RELEASE, Resource, Snapshot
from fairlead.versions import command as versions_command
from fairlead.versions.newest import Answer, UnaskedError
from fairlead.versions.touching import touched, words_of
from fairlead.versions.upgrade import istio_of, upgrade, upgrade_lines
from fairlead.versions.upgrade_notes import Note, notes, pages
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

RAW = "https://raw.githubusercontent.com/istio/istio.io/master/content/en/news/releases"
MINOR = b"""---
title: Upgrade Notes
---

What to consider.

## Unhealthy endpoints are sent

Set `OutlierDetection.minHealthPercent` for the old way.

## Waypoints are larger

In ambient mode only.

## `PILOT_ONE_WORD` is gone

It has no effect any more.
"""
PATCH = b"""---
title: Announcing
---

## Changes

- **Fixed** a crash with several `mirrors`.
  ([Issue #1](https://example.com/1))

- **Improved** how `PeerAuthentications` are looked up.

## Security

- none
"""
ANSWERS: dict[str, Answer] = {
    f"{RAW}/1.32.x/announcing-1.32/upgrade-notes/index.md": (200, {}, MINOR),
    f"{RAW}/1.32.x/announcing-1.32.1/index.md": (200, {}, PATCH),
}


def published(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    assert headers is None
    if url not in ANSWERS:
        raise UnaskedError("raw.githubusercontent.com: unreachable")
    return ANSWERS[url]


def stack(**values: object) -> Snapshot:
    rule = {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": "shop"},
            "spec": {"trafficPolicy": {"outlierDetection": {"interval": "10s"}}}}  # fmt: skip
    istiod = {"chart": "istiod", "version": "1.31.1", "values": values}
    given = [("kubernetes:x:DestinationRule", rule), (HELM_RELEASE, istiod)]
    resources = (Resource(f"urn:{kind}", kind, kind, "", custom=True, inputs=inputs) for kind, inputs in given)
    return Snapshot("fairlead", "dev", tuple(resources), {})


def test_the_pages_between_two_versions_are_those_of_each_minor_and_of_the_last_patches() -> None:
    assert [each.version for each in pages("1.30.4", "1.32.2")] == ["1.31.0", "1.32.0", "1.32.1", "1.32.2"]
    assert [each.version for each in pages("1.31.1", "1.31.3")] == ["1.31.2", "1.31.3"]


def test_a_page_is_read_change_by_change() -> None:
    minor, patch = pages("1.31.1", "1.32.1")
    assert [each.title for each in notes(minor, published)] == [
        "Unhealthy endpoints are sent",
        "Waypoints are larger",
        "`PILOT_ONE_WORD` is gone",
    ]
    assert [each.title for each in notes(patch, published)] == [
        "Fixed a crash with several `mirrors`",
        "Improved how `PeerAuthentications` are looked up",
    ]


def test_only_what_touches_the_stack_is_named_with_its_word() -> None:
    found = upgrade(stack(), "1.32.1", published)
    assert found
    assert [(note.title, word) for note, word in found.touching] == [
        ("Unhealthy endpoints are sent", "outlierDetection")
    ]
    assert found.others == 4
    said = "\n".join(upgrade_lines(found))
    assert "1 of 5 changes touch it" in said
    assert "https://istio.io/latest/news/releases/1.32.x/announcing-1.32/upgrade-notes/" in said


def test_a_variable_that_the_stack_sets_is_found() -> None:
    found = upgrade(stack(pilot={"env": {"PILOT_ONE_WORD": "true"}}), "1.32.0", published)
    assert found
    assert [word for _, word in found.touching] == ["outlierDetection", "PILOT_ONE_WORD"]


@pytest.mark.parametrize(
    ("title", "text", "words", "word"),
    [
        ("Native sidecar enabled by default", "", {"istio-injection"}, "istio-injection"),
        ("JWTs are checked", "", {"jwtRules"}, "jwtRules"),
        ("Regenerate Grafana dashboards", "", {"chart:grafana"}, "grafana"),
        ("AuthorizationPolicies are faster", "", {"AuthorizationPolicy"}, "AuthorizationPolicy"),
        ("Ambient", "the `Service` and `labels`", {"Service", "labels"}, ""),
        ("Images", "No longer at registry.istio.io", {"hub"}, "hub"),
    ],
)
def test_words_of_a_note_are_held_against_those_of_a_stack(title: str, text: str, words: set[str], word: str) -> None:
    assert touched(Note("1.32.0", title, text), words) == word


def test_kinds_keys_and_charts_are_the_words_of_a_stack() -> None:
    assert {"DestinationRule", "outlierDetection", "chart:istiod", "hub"} <= words_of(stack(hub="docker.io/istio"))
    assert istio_of(stack()) == "1.31.1"


def test_nothing_is_said_of_a_version_that_is_no_newer() -> None:
    assert upgrade(stack(), "1.31.1", published) is None
    assert upgrade(stack(), "not a version", published) is None


def test_pages_that_cannot_be_read_are_named() -> None:
    found = upgrade(stack(), "1.33.0", published)
    assert found
    assert [page.version for page in found.read] == ["1.32.0"]
    assert "not read: raw.githubusercontent.com: unreachable" in "\n".join(upgrade_lines(found))


def test_without_a_network_the_command_says_so(
    command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = versions_command.rows(offline=False, get=published)
    monkeypatch.setattr(versions_command, "rows", lambda **_: nobody)
    code, out, _ = command("versions", "--stack", "dev", "--cwd", str(PROGRAM))
    assert (code, "Istio's upgrade notes: not read" in out) == (0, True)
    assert command("versions", "--to", "1.32.0")[0] == 2
