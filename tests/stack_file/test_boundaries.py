"""Does a stack read nothing but its repository, whatever its file or a link beside it names?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.charts import ChartSource
from fairlead.cluster.toolchain import Toolchain
from fairlead.evaluation.evaluation import evaluate
from fairlead.lint.stack_lint import lint_stack
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.reading.boundaries import boundary, leads_out, strays
from fairlead_mesh.reading.stack_objects import chart_folder_findings, stack_objects
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.script import script
from tests.fixtures.evaluated import evaluated

pytestmark = pytest.mark.mesh

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\ndata: {it: hunter2}\n"


@pytest.fixture(name="program")
def _program(tmp_path: Path) -> Path:
    """A program in a repository, with somebody else's files beside it."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.yaml").write_text(OBJECT)
    repository = tmp_path / "repository"
    for folder in (".git", "shared", "program/own"):
        (repository / folder).mkdir(parents=True)
    (repository / ".git" / "config").write_text(OBJECT)
    (repository / "shared" / "b.yaml").write_text(OBJECT)
    program = repository / "program"
    (program / "own" / "c.yaml").write_text(OBJECT.replace("theirs", "ours"))
    (program / "Pulumi.yaml").write_text("name: fairlead\n")
    return program


def link(place: Path, target: str) -> str:
    place.symlink_to(target)
    return place.name


OUTSIDE: dict[str, Callable[[Path], str]] = {
    "a path": lambda _: "../../theirs/a.yaml",
    "a folder": lambda _: "../../theirs",
    "a path through a folder that is not there": lambda _: "own/../../../theirs/a.yaml",
    "a whole path": lambda program: str(program.parents[1] / "theirs" / "a.yaml"),
    "a file of the machine": lambda _: "/etc/hostname",
    "a link": lambda program: link(program / "a.yaml", "../../theirs/a.yaml"),
    "a link to a folder": lambda program: link(program / "folder", "../../theirs"),
    "a link to a link": lambda program: link(program / "b", link(program / "a", "../../theirs/a.yaml")),
    "a link in a folder": lambda program: link(program / "own" / "a.yaml", "../../../theirs/a.yaml") and "own",
    "links that lead to each other": lambda program: link(program / "a", link(program / "b", "a")),
    "what git keeps": lambda _: "../.git/config",
}


@pytest.mark.parametrize("named", OUTSIDE.values(), ids=OUTSIDE)
def test_objects_outside_of_the_repository_are_refused_and_not_read(program: Path, named: Any) -> None:
    read, found = stack_objects([named(program)], program)
    assert "theirs" not in [item.name for item in read.items]
    assert any("leads out of the repository" in finding.message for finding in found)
    assert all(finding.path == ("objects", 0) and finding.remedy for finding in found)


def test_objects_elsewhere_in_the_repository_are_read(program: Path) -> None:
    link(program / "link.yaml", "../shared/b.yaml")
    for path in ("own", "../shared", "../shared/b.yaml", "link.yaml", str(program / "own" / "c.yaml")):
        read, found = stack_objects([path], program)
        assert (len(read.items), found) == (1, [])


def test_without_a_repository_the_programs_folder_is_the_boundary(tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    (tmp_path / "a.yaml").write_text(OBJECT)
    assert boundary(tmp_path / "program") == (tmp_path / "program").resolve()
    (found,) = stack_objects(["../a.yaml"], tmp_path / "program")[1]
    assert found.remedy == "Copy what the stack needs into the repository."


@pytest.fixture(name="chart")
def _chart(program: Path) -> Path:
    chart = program / "charts" / "base"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("name: base\nversion: 1.0.0\n")
    return chart


CHART_LINKS = {
    "files/secret": "../../../../../theirs/a.yaml",
    "templates/a.yaml": "/etc/hostname",
    "folder": "../../../../theirs",
    "git": "../../../.git/config",
}


@pytest.mark.parametrize("name", CHART_LINKS)
def test_a_link_in_a_chart_that_leads_out_is_refused(program: Path, chart: Path, name: str) -> None:
    istio = {"charts": {"path": "charts"}}
    release = {"chart": "charts/base", "name": "base"}
    source = ChartSource(Toolchain(env={"HOME": "/nowhere"}), program)
    link(chart / "inside.yaml", "../../own/c.yaml")
    assert chart_folder_findings(istio, program) == []
    assert source.find(release).path == chart
    (chart / name).parent.mkdir(exist_ok=True)
    link(chart / name, CHART_LINKS[name])
    (found,) = chart_folder_findings(istio, program)
    assert found.message == f"base/{name} in it is a link that leads out of the repository"
    with pytest.raises(UserError, match=f"{name} in it is a link that leads out of the repository"):
        source.find(release)


def test_a_link_in_a_folder_that_a_chart_links_to_is_refused_too(program: Path, chart: Path) -> None:
    link(chart / "shared", "../../../shared")
    link(program.parent / "shared" / "theirs", "../../theirs")
    link(program.parent / "shared" / "round", ".")
    assert [os.path.relpath(each, chart) for each in strays(chart, boundary(program))] == ["shared/theirs"]


@pytest.mark.parametrize("path", ["../../charts", "/usr/share"])
def test_a_chart_outside_of_the_repository_is_refused(program: Path, path: str) -> None:
    (found,) = chart_folder_findings({"charts": {"path": path}}, program)
    assert (found.message, found.path) == ("leads out of the repository", ("istio", "charts", "path"))
    with pytest.raises(UserError, match="leads out of the repository"):
        ChartSource(Toolchain(env={"HOME": "/nowhere"}), program).find({"chart": f"{path}/base", "name": "base"})


def test_what_the_demo_built_itself_is_not_somebody_elses(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(program.parents[1]))
    assert Toolchain().cache == program.parents[1] / "fairlead"
    path = str(program.parents[1] / "fairlead" / "charts-1" / "manifests")
    assert chart_folder_findings({"charts": {"path": path}}, program) == []
    assert leads_out(Path(path), boundary(program))


@pytest.mark.snapshot
def test_up_lint_and_every_other_command_refuse_both(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OBJECT)
    with pytest.raises(UserError) as caught:
        evaluated(objects=[str(tmp_path / "a.yaml")], istio={"charts": {"path": str(tmp_path)}})
    assert caught.value.message.count("leads out of the repository") == 2
    file = tmp_path / "stack.yaml"
    file.write_text(
        "config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n"
        f"  fairlead:objects: [{tmp_path}]\n  fairlead:istio:\n    charts: {{path: {tmp_path}}}\n"
    )
    found = lint_stack(PROGRAM, config_file=file).found
    assert [(each.place.line, each.path) for each in found] == [
        (3, "fairlead:objects[0]"),
        (5, "fairlead:istio.charts.path"),
    ]
    with pytest.raises(UserError, match="2 things to fix"):
        evaluate(PROGRAM, read_stack_file(PROGRAM, config_file=file))


@pytest.mark.parametrize("asked", [("lint", "--objects"), ("explain", "GET http://a/", "--objects")])
def test_a_folder_that_somebody_names_is_read_without_the_links_that_leave_it(
    program: Path, asked: tuple[str, ...], command: Any
) -> None:
    own = program / "own"
    link(own / "link.yaml", "../../shared/b.yaml")
    assert "leads out" not in str(command(*asked, str(own)))
    link(own / "theirs.yaml", "../../../theirs/a.yaml")
    code, _, err = command(*asked, str(own))
    assert code in (1, 2)
    assert "own/theirs.yaml is a link that leads out of" in err
    assert "leads out" not in str(command(*asked, str(own / "theirs.yaml")))


def test_a_stack_file_that_is_a_link_out_of_the_repository_is_refused(program: Path) -> None:
    (program.parents[1] / "theirs" / "stack.yaml").write_text("config: {fairlead:it: hunter2}\n")
    link(program / "Pulumi.dev.yaml", "../../theirs/stack.yaml")
    with pytest.raises(UserError, match="leads out of the repository") as caught:
        read_stack_file(program, stack="dev")
    assert "hunter2" not in str(caught.value)
    assert read_stack_file(program, config_file=program / "Pulumi.dev.yaml").config
    stacks_here: Any = script("stacks").stacks_here
    link(program / "Pulumi.prod.yaml", "own/c.yaml")
    assert stacks_here(program) == ["prod"]


def test_explain_says_that_objects_are_outside(program: Path, command: Any) -> None:
    (program / "Pulumi.dev.yaml").write_text(
        "config:\n  fairlead:cluster: {kubeconfig: {context: kind}}\n  fairlead:objects: [../../theirs]\n"
    )
    code, _, err = command("explain", "GET http://a/", "--cwd", str(program), "--stack", "dev")
    assert code in (1, 2)
    assert "leads out of the repository" in err
