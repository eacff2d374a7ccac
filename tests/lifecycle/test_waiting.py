"""When does a run of the engine say why it waits? After a while without a step, each cause once, and at its failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fairlead.lifecycle import running
from fairlead.lifecycle.causes import Cause
from fairlead.lifecycle.engine.engine import Engine, tell_step
from fairlead.lifecycle.engine.engine_errors import EngineError
from fairlead.lifecycle.running import watched
from fairlead.lifecycle.up import checked
from fairlead.lifecycle.waiting import Waiting, found_now
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UserError
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.examined import examined
from tests.fixtures.interrupted import snapshot

pytestmark = pytest.mark.snapshot

CAUSE = Cause("Pod slow/app", "ImagePullBackOff", "see the image")
ONCE = "  waiting: Pod slow/app: ImagePullBackOff; see the image"
WITHIN = 5.0


class Heard:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str, style: str = "") -> None:  # noqa: ARG002 - its form
        self.lines.append(text)

    def busy(self, text: str) -> None: ...


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WITHIN
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def test_a_cause_is_said_once_while_nothing_moves() -> None:
    heard, asked = Heard(), list[int]()

    def look() -> list[Cause]:
        asked.append(1)
        return [CAUSE]

    with Waiting(look, heard, after=0.05, every=0.01):
        assert until(lambda: len(asked) > 2)
    assert heard.lines == [ONCE]


def test_what_is_heard_of_the_cluster_brings_the_next_question_at_once() -> None:
    happened, asked = threading.Event(), list[int]()

    def look() -> list[Cause]:
        asked.append(1)
        return [CAUSE] if happened.is_set() else []

    def changes() -> Iterator[str]:
        happened.wait()
        yield "a warning"

    heard = Heard()
    with Waiting(look, heard, after=0.05, every=60, changes=changes, gathered=0.01):
        assert until(lambda: len(asked) == 1)
        assert heard.lines == []
        happened.set()
        assert until(lambda: heard.lines == [ONCE])


def test_a_watch_that_breaks_is_begun_again_at_the_next_look() -> None:
    begun = list[int]()

    def changes() -> Iterator[str]:
        begun.append(1)
        raise UserError("cannot be reached")
        yield ""

    with Waiting(list, Heard(), after=0.05, every=0.01, changes=changes):
        assert until(lambda: len(begun) > 2)


def test_a_step_puts_the_question_off() -> None:
    heard = Heard()
    with Waiting(lambda: [CAUSE], heard, after=0.5, every=0.01) as waiting:
        for _ in range(20):
            time.sleep(0.05)
            waiting.moved()
        assert heard.lines == []
        assert until(lambda: heard.lines == [ONCE])


def test_a_cluster_that_cannot_be_asked_says_nothing() -> None:
    def look() -> list[Cause]:
        raise UserError("cannot be reached")

    assert found_now(look) == []


def test_a_step_of_the_engine_is_told_from_its_other_words() -> None:
    heard = Heard()
    assert tell_step(" +  kubernetes:core/v1:Namespace hello created (0.11s)", heard)
    assert not tell_step(" +  kubernetes:helm.sh/v3:Release istiod creating (5s)", heard)
    assert heard.lines == ["  + kubernetes:core/v1:Namespace hello created (0.11s)"]


def whole(heard: Heard) -> Wholeness:
    def nowhere() -> Any:
        raise AssertionError

    return Wholeness(Engine(PROGRAM, "dev", heard), snapshot(), nowhere, heard)


def failing() -> str:
    raise EngineError("pulumi up ended with 255.")


def test_causes_are_the_last_lines_of_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[set[str]] = []

    def found(_: Any, homes: set[str]) -> list[Cause]:
        asked.append(homes)
        return [CAUSE]

    monkeypatch.setattr(running, "causes", found)
    cluster: Any = object()
    with pytest.raises(EngineError) as caught:
        watched(whole(Heard()), cluster, failing)
    assert caught.value.message.splitlines() == [
        "pulumi up ended with 255.",
        "Causes:",
        "  Pod slow/app: ImagePullBackOff; see the image",
    ]
    assert asked == [{"edge"}]
    assert watched(whole(Heard()), cluster, lambda: "done") == "done"


def test_without_a_cluster_the_engine_speaks_alone() -> None:
    with pytest.raises(EngineError, match=r"^pulumi up ended with 255\.$"):
        watched(whole(Heard()), None, failing)


class OldCluster:
    """A cluster that is too old for the stack."""

    def __getattr__(self, name: str) -> Any:
        raise UserError(f"{name} may not be asked")

    def server_version(self) -> str:
        return "v1.20.3"


def test_up_changes_nothing_where_a_quick_check_fails() -> None:
    cluster: Any = OldCluster()
    heard = Heard()
    with pytest.raises(UserError) as caught:
        checked(examined(cluster), whole(heard))
    assert "FAILED   kubernetes version: Istio 1.31.1 needs Kubernetes 1.32 or newer" in caught.value.message
    assert caught.value.remedy == "Nothing was changed."
    assert heard.lines == []
