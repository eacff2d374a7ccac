"""When is an environment over, what does it cost, and what does `reap` do about it? Told from what the backend says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.env.backend import Backend
from fairlead.env.ending import reap, without_objects
from fairlead.env.environment import FIRST_UP, UNTIL, Environment, environment_of, lifecycle_of, names_of
from fairlead.env.reports import json_text, reaped_json, reaped_lines, span, text_lines
from fairlead.lifecycle.deployment import Deployment
from fairlead.terminal.errors import UserError
from fairlead_mesh.findings import ConfigError

pytestmark = pytest.mark.mesh

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECTION = {"ephemeral": True, "ttl": "8h", "owner": "jane"}


def update(ended: str, kind: str = "update", **section: Any) -> dict[str, Any]:
    config = {"fairlead:lifecycle": {"objectValue": section}} if section else {}
    return {"kind": kind, "startTime": ended, "endTime": ended, "config": config}


def service(id_: str, type_: str = "LoadBalancer", **more: Any) -> dict[str, Any]:
    return {"type": "kubernetes:core/v1:Service", "id": id_, "outputs": {"spec": {"type": type_}}, **more}


RELEASE = {"type": "kubernetes:helm.sh/v3:Release", "id": "front/front"}
APPS = {
    "web": {"urls": ["http://lb.example.net/hello"], "hosts": ["pr-1.web.example.com"]},
    "inner": {"urls": ["http://inner.pr-1-shop.svc.cluster.local:80"]},
    "local": {"urls": ["http://localhost:8080/"], "hosts": ["pr-1.example.com"]},
}
STATE = Deployment(
    {
        "deployment": {
            "resources": [
                {"type": "pulumi:pulumi:Stack", "outputs": {"apps": APPS}, "created": "2026-03-01T02:00:00Z"},
                RELEASE,
                service("front/front", external=True),
                service("theirs/ingress", external=True),
                service("shop/web"),
                service("shop/inner", "ClusterIP"),
            ]
        }
    }
)


def environment(name: str = "pr-1", hours_left: float | None = 2, owner: str = "jane") -> Environment:
    ends = NOW + timedelta(hours=hours_left) if hours_left is not None else None
    return Environment(name, owner, NOW - timedelta(hours=9), NOW - timedelta(hours=6), ends)


def test_its_time_counts_from_the_end_of_the_last_update() -> None:
    history = [
        update("2026-03-01T11:00:00Z", "refresh"),
        update("2026-03-01T05:00:00Z"),
        update("2026-03-01T02:00:00Z"),
    ]
    found = environment_of("pr-1", SECTION, history, {}, STATE)
    assert found.last_up == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert found.ends == datetime(2026, 3, 1, 13, tzinfo=UTC)
    assert found.created == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert not found.is_over(NOW)
    assert found.is_over(NOW + timedelta(hours=1))


def test_an_extension_moves_the_end_and_never_shortens_it() -> None:
    history = [update("2026-03-01T05:00:00Z")]
    for until, hour in (("2026-03-01T20:00:00+00:00", 20), ("2026-03-01T06:00:00+00:00", 13), ("nonsense", 13)):
        ends = environment_of("pr-1", SECTION, history, {UNTIL: until}, STATE).ends
        assert ends == datetime(2026, 3, 1, hour, tzinfo=UTC)


def test_without_a_ttl_or_an_update_it_is_never_over() -> None:
    assert environment_of("pr-1", {"ephemeral": True}, [update("2020-01-01T00:00:00Z")], {}, STATE).ends is None
    new = environment_of("pr-1", SECTION, [], {}, Deployment({}))
    assert (new.ends, new.last_up, new.is_over(NOW)) == (None, None, False)


def test_one_whose_first_update_never_ended_is_over_when_its_tag_says_so() -> None:
    tags = {FIRST_UP: '{"until":"2026-03-01T11:00:00+00:00","from":"dev","gateway":"own","domain":""}'}
    killed = environment_of("pr-1", {}, [], tags, Deployment({}))
    assert (killed.is_over(NOW), killed.last_up, killed.made_from["from"]) == (True, None, "dev")
    assert not environment_of("pr-1", {}, [], {FIRST_UP: "no JSON"}, Deployment({})).is_over(NOW)
    finished = environment_of("pr-1", SECTION, [update("2026-03-01T11:30:00Z")], tags, Deployment({}))
    assert not finished.is_over(NOW)


def test_load_balancers_are_those_of_its_own_and_of_its_releases() -> None:
    found = environment_of("pr-1", SECTION, [], {}, STATE)
    assert found.balancers == ("front/front", "shop/web")


def test_urls_are_at_its_hosts_and_say_the_header_where_there_is_no_address() -> None:
    assert environment_of("pr-1", SECTION, [], {}, STATE).urls == (
        "http://pr-1.web.example.com/hello",
        "http://localhost:8080/ (Host: pr-1.example.com)",
    )


def test_the_lifecycle_is_that_of_the_last_update_and_names_are_without_their_organisation() -> None:
    history = [update("x", "destroy", ephemeral=False), update("x", ephemeral=True), update("x", ephemeral=False)]
    assert lifecycle_of(history, "fairlead") == {"ephemeral": True}
    assert lifecycle_of([], "fairlead") == {}
    assert names_of([{"name": "acme/fairlead/pr-1"}, {"name": "dev"}]) == ["dev", "pr-1"]


def test_the_list_says_owner_age_time_left_and_load_balancers() -> None:
    known = environment_of("pr-2", SECTION, [update("2026-03-01T05:00:00Z")], {}, STATE)
    lines = [*text_lines([environment(), environment("old", -1, ""), known, environment("stays", None)], NOW)]
    assert lines[0].split("  ")[0] == "NAME"
    assert lines[1].split() == ["pr-1", "jane", "9h", "2h", "none"]
    assert "nobody" in lines[2]
    assert "over since 1h" in lines[2]
    assert "front/front, shop/web" in lines[3]
    assert "no end" in lines[4]
    assert [*text_lines([], NOW)] == ["There is no environment."]


def test_the_list_for_programs_has_seconds_and_urls() -> None:
    (found,) = json.loads(json_text([environment(hours_left=-1)], NOW))
    assert (found["name"], found["secondsLeft"], found["over"]) == ("pr-1", -3600, True)
    assert set(found) >= {"owner", "created", "lastUp", "ends", "loadBalancers", "urls"}


def test_a_span_has_its_two_largest_units() -> None:
    spans = {90061: "1d 1h", 3600: "1h", 59: "59s", 250: "4m 10s", 0: "0s", -5: "0s"}
    assert {number: span(timedelta(seconds=number)) for number in spans} == spans


class Recorded(Backend):
    """A backend that has these, and forgets what was ended."""

    def __init__(self, *there: Environment) -> None:
        super().__init__(Path(), "fairlead")
        self.there = {each.name: each for each in there}

    def environments(self) -> Any:
        return iter([*self.there.values()])

    def environment(self, name: str) -> Environment | None:
        return self.there.get(name)


def test_reap_ends_what_is_over_and_nothing_else() -> None:
    backend = Recorded(environment("over", -1), environment("running", 1), environment("endless", None))
    ended: list[str] = []

    def end(each: Environment) -> int:
        ended.append(each.name)
        return 0

    done = reap(backend, NOW, end)
    assert ended == ["over"]
    assert [*reaped_lines(done, [environment("running", 1)], NOW)] == [
        "destroyed: over (jane)",
        "kept: running (jane), 1h",
    ]


def test_one_that_fails_stops_no_other_and_its_reason_is_told() -> None:
    backend = Recorded(environment("a", -1), environment("b", -1), environment("c", -1), environment("d", -1))

    def end(each: Environment) -> int:
        if each.name == "a":
            raise UserError("The stack a is protected.")
        if each.name == "d":
            raise ConfigError([])
        return 1 if each.name == "b" else 0

    done = reap(backend, NOW, end)
    assert [(each.environment.name, bool(each.why)) for each in done] == [
        ("a", True),
        ("b", True),
        ("c", False),
        ("d", True),
    ]
    said = json.loads(reaped_json(done, [], NOW))
    assert (said["destroyed"], sorted(said["failed"])) == (["c"], ["a", "b", "d"])
    assert "is protected" in said["failed"]["a"]


def test_one_that_somebody_brings_up_again_meanwhile_stays() -> None:
    backend = Recorded(environment("first", -1), environment("second", -1))
    ended: list[str] = []

    def end(each: Environment) -> int:
        ended.append(each.name)
        backend.there["second"] = environment("second", 8)
        return 0

    reap(backend, NOW, end)
    assert ended == ["first"]


def test_a_ctrl_c_stops_the_rest() -> None:
    there = [environment(name, -1) for name in "abc"]
    ended: list[str] = []

    def end(each: Environment) -> int:
        ended.append(each.name)
        return 130 if each.name == "b" else 0

    def torn(_: Environment) -> int:
        raise KeyboardInterrupt

    done = reap(Recorded(*there), NOW, end)
    assert ended == ["a", "b"]
    assert [*reaped_lines(done, [], NOW)] == ["destroyed: a (jane)", "failed: b (jane): interrupted"]
    assert [(each.environment.name, each.interrupted) for each in done] == [("a", False), ("b", True)]
    assert [each.interrupted for each in reap(Recorded(*there), NOW, torn)] == [True]


def test_objects_that_are_not_here_are_left_out_of_a_file_that_the_cli_wrote() -> None:
    text = "config:\n  fairlead:objects:\n    - environments/a.yaml\n  fairlead:wait: false\n"
    assert without_objects(text, "fairlead") == "config:\n  fairlead:wait: false\n"
