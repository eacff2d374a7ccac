"""Do all watchers together keep their order, their head and their pace?"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.comparison.comparison import Comparison
from fairlead.effects import effects as all_effects
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.effects import WATCHERS, effects, in_order
from fairlead_mesh.reading.object_files import read_objects
from tests.fixtures.checkout import PROGRAM, TESTS
from tests.fixtures.compared import compared, release
from tests.fixtures.security_objects import ROOT, deployment, mtls, namespace, policy, security, source

pytestmark = pytest.mark.mesh

WORLDS = [
    [item.manifest for item in read_objects([str(path)]).items]
    for path in sorted((TESTS / "lint").glob("*.*.yaml"))
    if not path.name.endswith(".mesh-config.yaml")
]
RELEASES = [
    release("istiod", "istiod", meshConfig={"extensionProviders": [{"name": "a", "zipkin": {"service": "b"}}]}),
    release("base", "base", defaultRevision="default"),
    release("kiali", "kiali-server", auth={"strategy": "token"}),
    release("prometheus", "prometheus", server={"persistentVolume": {"enabled": True}}),
]
JUNK = st.sampled_from(
    [None, "", "*", "junk", -1, 0, 3.5, True, [], [None], ["junk"], [[]], [{}], {}, {"junk": {}}, {"": 1}, "http://["]
)


def test_every_file_with_a_watcher_is_asked() -> None:
    files = {path.stem.removesuffix("_watcher") for path in (PROGRAM / "fairlead" / "effects").rglob("*_watcher.py")}
    assert set(WATCHERS) == files
    assert list(WATCHERS) == sorted(WATCHERS)


def test_nothing_but_a_watcher_watches() -> None:
    for path in (PROGRAM / "fairlead" / "effects").rglob("*.py"):
        assert ("\ndef watch(" in path.read_text(encoding="utf-8")) == path.stem.endswith("_watcher"), path.name


def test_the_worst_comes_first_and_a_subject_stays_together() -> None:
    said = [
        Effect("b", "restarts", Hurt.RESTARTS),
        Effect("c", "nothing"),
        Effect("a", "opens", Hurt.EXPOSES),
        Effect("b", "stops", Hurt.INTERRUPTS),
        Effect("a", "opens", Hurt.EXPOSES),
    ]
    assert [each.text for each in in_order(said)] == ["stops", "restarts", "opens", "nothing"]


def test_a_watcher_that_fails_does_not_take_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Comparison) -> Effects:
        yield Effect("a", "said")
        raise KeyError("a value of an object")

    monkeypatch.setattr(all_effects, "WATCHERS", {"some_thing": broken, "namespace": WATCHERS["namespace"]})
    sentences = [each.sentence for each in effects(compared([], [namespace("web")]))]
    assert sentences == [
        "namespace web: created",
        "some thing: cannot be described for these objects (KeyError); read their diff",
    ]


def test_the_same_sides_say_nothing() -> None:
    for world in WORLDS[::9]:
        assert effects(compared(world, world)) == ()


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of everything below a value, but for an object's identity, by which it is found at all."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        if (*path, key) not in ((), ("kind",), ("apiVersion",), ("metadata",), ("metadata", "name")):
            yield (*path, key)
        yield from places(below, (*path, key))


def mutilated(manifest: dict[str, Any], path: tuple[str | int, ...], junk: Any) -> dict[str, Any]:
    result: Any = copy.deepcopy(manifest)
    place = result
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    return result


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_no_watcher_raises_whatever_an_object_holds(data: st.DataObject) -> None:
    whole = [*data.draw(st.sampled_from(WORLDS)), *RELEASES]
    world = list(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(world) - 1))
        found = list(places(world[index]))
        if found:
            world[index] = mutilated(world[index], data.draw(st.sampled_from(found)), data.draw(JUNK))
    before, after = data.draw(st.sampled_from([(whole, world), (world, whole), (world, []), ([], world)]))
    comparison = compared(before, after, deploys=data.draw(st.booleans()))
    for watch in WATCHERS.values():
        for effect in watch(comparison):
            assert effect.subject
            assert effect.text


def thousand(state: str) -> list[dict[str, Any]]:
    """A thousand apps, everything about which hangs on `state`."""
    objects = [
        release("istiod", "istiod", meshConfig={"trustDomain": state}),
        mtls(ROOT, "STRICT" if state == "a" else "UNSET"),
    ]
    for number in range(1000):
        home, app = f"team-{number}", f"app-{number}"
        rules = [
            source(namespaces=[f"team-{each}", state]) | {"to": [{"operation": {"paths": ["/a*", "/b"]}}]}
            for each in range(3)
        ]
        objects += [
            namespace(home, injection="enabled" if state == "a" else "disabled"),
            deployment(home, app, version=state),
            policy(home, *rules, selects=app),
            mtls(home, "STRICT" if state == "a" else "PERMISSIVE", selects=f"{app}-elsewhere"),
            security("RequestAuthentication", home, jwtRules=[{"issuer": state}]),
            security("EnvoyFilter", home, workloadSelector={"labels": {"app": app}}, priority=state),
        ]
    return objects


@pytest.mark.scale
def test_a_thousand_apps_take_seconds_and_few_sentences() -> None:
    comparison = compared(thousand("a"), thousand("b"))
    started = time.process_time()
    found = in_order(effect for watch in WATCHERS.values() for effect in watch(comparison))
    assert time.process_time() - started < 5
    assert 5 < len(found) < 25


@pytest.mark.scale
def test_the_same_comparison_says_the_same() -> None:
    first, second = (effects(compared(thousand("a")[:300], thousand("b")[300:600])) for _ in range(2))
    assert first == second
