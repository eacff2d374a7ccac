"""What does a Ctrl-C, or a kill, leave of an environment? What the next `env up` or `env reap` finishes."""

from __future__ import annotations

import os
import signal

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.demo import engine as pulumi_engine
from tests.fixtures.runs.environments import SOURCE, Environments
from tests.fixtures.runs.project import WITHIN, kill_all

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]
UP = ("env", "up", "pr-1", "--from", SOURCE, "--domain", "example.com", "--ttl", "1s", "--yes")
CREATED = "Namespace pr-1-hello created"
HOME = Ref("v1", "Namespace", "", "pr-1-hello")


def interrupted(project: Environments, moment: str, *arguments: str) -> str:
    """What a run still said after a Ctrl-C; it ends with 130."""
    process = project.begun(moment, *arguments)
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 130, rest
    return rest


def test_what_was_interrupted_is_known_everywhere_and_finished_by_the_next_run(
    project: Environments, live: LiveCluster
) -> None:
    kill_all(project.begun(CREATED, *UP))
    # Another checkout, such as that of the nightly job, has no file of it.
    project.file("pr-1").unlink()
    assert (project.listed()["pr-1"]["over"], bool(project.listed()["pr-1"]["owner"])) == (True, True)
    assert live.read(HOME)
    assert "destroyed: pr-1" in project.done("env", "reap")
    assert (live.read(HOME), project.listed()) == (None, {})

    kill_all(project.begun(CREATED, *UP))
    kept = project.file("pr-1").read_text()
    project.file("pr-1").unlink()
    assert "the next run goes on from here" in interrupted(project, "AppRouting|VirtualService", *UP)
    assert project.file("pr-1").read_text() == kept
    project.file("pr-1").unlink()
    assert "http" in project.done(*UP)

    said = interrupted(project, r"VirtualService helloworld\S* deleted", "env", "reap")
    assert "failed: pr-1" in said
    assert "the next reap goes on from here" in said
    assert project.listed()["pr-1"]["over"]
    assert "destroyed: pr-1" in project.done("env", "reap")
    assert live.read(HOME) is None
    assert (project.listed(), project.file("pr-1").exists()) == ({}, False)
