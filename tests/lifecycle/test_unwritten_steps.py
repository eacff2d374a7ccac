"""What if the engine had done its work and was killed before it wrote it down? The next run takes it as it is."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from fairlead.demo import engine as pulumi_engine
from fairlead.lifecycle.deployment import Deployment
from tests.fixtures.runs.project import STEPS, Project

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]


def pulumi(project: Project, *words: str, given: str | None = None) -> str:
    command = ["pulumi", *words, "--stack", project.stack, "--non-interactive"]
    done = subprocess.run(
        command, cwd=project.folder, env=project.env, input=given, capture_output=True, text=True, check=True
    )
    return done.stdout


def without(project: Project, kind: str) -> None:
    """Forget every resource of a kind, as if its step had been the last."""
    state = Deployment(json.loads(pulumi(project, "stack", "export")))
    gone = [str(each["urn"]) for each in state.on_cluster() if str(each["type"]).endswith(f":{kind}")]
    assert len(gone) == len(STEPS[kind])
    for urn in gone:
        state.drop(urn)
    pulumi(project, "stack", "import", "--force", given=json.dumps(state.exported))


def revisions(project: Project) -> dict[str, Any]:
    state: Any = json.loads(pulumi(project, "stack", "export"))
    releases = [each for each in state["deployment"]["resources"] if each["type"].endswith(":Release")]
    return {each["id"]: each["outputs"]["status"]["revision"] for each in releases}


@pytest.mark.parametrize("kind", STEPS)
def test_what_was_done_and_not_written_down_is_neither_done_again_nor_changed(project: Project, kind: str) -> None:
    first = project.fairlead("up")
    assert first.returncode == 0, first.stdout + first.stderr
    before = revisions(project)
    without(project, kind)
    again = project.fairlead("up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "was created by an interrupted run: taken into the state" in again.stdout
    assert "unchanged" in again.stdout
    assert not [line for line in again.stdout.splitlines() if " updated" in line or " replaced" in line]
    assert revisions(project) == before
    assert project.has_no_changes()
    without(project, kind)
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "Nothing of the stack is left on the cluster.\n" in gone.stdout
