"""Are Helm releases compared object by object? With charts of the repository's own, which hold chance and secrets."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.helm import Helm
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.ci.scratch_repository import ScratchRepository

pytestmark = pytest.mark.apiserver

NAMES = {"base": "base", "istio-control/istio-discovery": "istiod", "gateway": "gateway"}
OBJECTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {replicas: "{{ .Values.autoscaleMin }}", kind: "{{ .Chart.Name }} one"}
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {key: {{ .Values.password | default (randAlphaNum 20) | quote }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Chart.Name }}", annotations: {checksum/secret: {{ randAlphaNum 20 | sha256sum }} }}
spec: {template: {metadata: {labels: {app: a}}}}
"""
STACK = """
config:
  fairlead:cluster: {kubeconfig: {context: kind}}
  fairlead:istio:
    charts: {path: charts}
    autoscaling: {min: 1, max: 5}
"""
Report = dict[str, Any]


@pytest.fixture
def repository(tmp_path: Path) -> ScratchRepository:
    found = ScratchRepository(tmp_path / "repository")
    for folder, name in NAMES.items():
        found.write(f"charts/{folder}/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n")
        found.write(f"charts/{folder}/templates/objects.yaml", OBJECTS)
    found.write("Pulumi.own.yaml", STACK)
    found.commit("Charts of its own")
    return found


@pytest.fixture
def diff(
    repository: ScratchRepository,
    toolchain: Toolchain,
    command: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[[], Report]:
    """Runs `diff` against the last commit, with a cache of its own; gives its report."""
    monkeypatch.setenv("PATH", f"{toolchain.helm().parent}:{Path('/usr/bin')}:{Path('/bin')}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run() -> Report:
        monkeypatch.chdir(repository.folder)
        code, out, err = command("diff", "--stack", "own", "--base", "HEAD", "--format", "json")
        assert code == 0, err
        report: Report = json.loads(out)
        return report

    return run


def of_charts(report: Report) -> dict[str, list[Any]]:
    """Object -> its differences, of what charts bring."""
    return {
        f"{each['kind']} of {each['chartOf']}": each["differences"] for each in report["changes"] if each["chartOf"]
    }


def test_a_value_shows_in_the_object_that_it_ends_up_in_and_chance_in_none(
    repository: ScratchRepository, diff: Callable[[], Report]
) -> None:
    repository.edit("Pulumi.own.yaml", "min: 1", "min: 3")
    assert of_charts(diff()) == {
        "ConfigMap of istio-system/istiod": [{"path": "data.replicas", "old": "1", "new": "3"}]
    }


def test_a_chart_that_changed_under_the_same_values_shows(
    repository: ScratchRepository, diff: Callable[[], Report]
) -> None:
    repository.edit("charts/base/templates/objects.yaml", "one", "two")
    assert of_charts(diff()) == {
        "ConfigMap of istio-system/istio-base": [{"path": "data.kind", "old": "base one", "new": "base two"}]
    }


def test_a_secret_of_a_chart_is_never_shown_nor_kept_on_disk(
    repository: ScratchRepository, diff: Callable[[], Report], tmp_path: Path
) -> None:
    repository.edit("Pulumi.own.yaml", "istio:\n", "istio:\n    values: {istiod: {password: hunter2}}\n")
    report = diff()
    assert "hunter2" not in json.dumps(of_charts(report))
    kept = list((tmp_path / "cache" / "fairlead" / "rendered").iterdir())
    assert kept
    assert not any("hunter2" in file.read_text(encoding="utf-8") for file in kept)


def test_what_was_rendered_once_is_not_rendered_again(
    repository: ScratchRepository, diff: Callable[[], Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit("Pulumi.own.yaml", "min: 1", "min: 3")
    first = diff()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").write_text("#!/bin/sh\nexit 9\n")
    (tmp_path / "bin" / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{Path('/usr/bin')}:{Path('/bin')}")
    assert diff() == first
    # Half of a file, as a run leaves it that was stopped, is rendered anew; and this helm fails, so values are left.
    for file in (tmp_path / "cache" / "fairlead" / "rendered").iterdir():
        file.write_text("[{", encoding="utf-8")
    report = diff()
    assert of_charts(report) == {}
    assert any("istiod: only its values are compared; helm template" in note for note in report["notes"])


def test_a_chart_that_does_not_render_is_a_note_and_its_values_are_compared(
    repository: ScratchRepository, diff: Callable[[], Report]
) -> None:
    repository.edit(
        "charts/istio-control/istio-discovery/templates/objects.yaml", "kind: ConfigMap", "kind: {{ fail }}"
    )
    repository.edit("Pulumi.own.yaml", "min: 1", "min: 3")
    report = diff()
    assert of_charts(report) == {}
    (release,) = [each for each in report["changes"] if each["kind"] == "Release"]
    assert {"path": "values.autoscaleMin", "old": 1, "new": 3} in release["differences"]
    assert any("istio-system/istiod: only its values are compared" in note for note in report["notes"])


def test_without_helm_and_go_values_are_compared_and_that_is_said(
    repository: ScratchRepository, diff: Callable[[], Report], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("git", "ps"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    repository.edit("Pulumi.own.yaml", "min: 1", "min: 3")
    report = diff()
    assert of_charts(report) == {}
    assert any(note.startswith("Helm releases are compared by their values only") for note in report["notes"])


@pytest.fixture
def silent_repository() -> Iterator[str]:
    """A chart repository that takes the request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_chart_repository_that_times_out_is_asked_once_and_named(
    repository: ScratchRepository, diff: Callable[[], Report], silent_repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairlead.cluster.charts.PULL_WITHIN", 1.0)
    asked: list[str] = []
    pull = Helm.pull

    def counted(self: Helm, chart: str, *rest: Any) -> Path:
        asked.append(chart)
        return pull(self, chart, *rest)

    monkeypatch.setattr(Helm, "pull", counted)
    repository.edit("Pulumi.own.yaml", "charts: {path: charts}", f"charts: {{repository: {silent_repository!r}}}")
    repository.commit("From a repository")
    repository.edit("Pulumi.own.yaml", "autoscaling:", "hub: registry.example.com/istio\n    autoscaling:")
    notes = [note for note in diff()["notes"] if silent_repository in note]
    assert len(asked) == 1
    assert notes
    assert all("only its values are compared" in note for note in notes)
