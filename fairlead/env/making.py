"""How is an environment made? Its files are written once all that could be wrong was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.doctor.examined import Examined, examined_stack
from fairlead.drift.stack_cluster import Named
from fairlead.env.environment import Environment
from fairlead.env.own_objects import OwnObjects, objects_file, own_objects
from fairlead.env.stack_text import environment_text, is_environment
from fairlead.env.taken_hosts import own_hosts, taken_here, taken_on
from fairlead.env.wanted import Wanted, named
from fairlead.evaluation.evaluation import evaluate
from fairlead.terminal.errors import UserError, unwritable
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead.yaml_files.yaml_text import from_yaml
from fairlead_mesh.findings import report
from fairlead_mesh.ownership import stack_mark
from fairlead_mesh.reading.stack_objects import stack_objects

_WITHOUT = "objects="


@dataclass(frozen=True)
class Made:
    """The text of its stack file, and that of its objects, which is empty where it has none."""

    stack: StackFile
    text: str
    objects: str


def made(program: Path, wanted: Wanted) -> Made:
    """The environment's files, not written yet. Raises UserError with what is wrong."""
    named(wanted.name, wanted.source)
    path = program / f"Pulumi.{wanted.name}.yaml"
    source = read_stack_file(program, stack=wanted.source)
    if path.exists() and not is_environment(path.read_text(encoding="utf-8"), wanted.name):
        raise UserError(
            f"{path.name} exists, and `fairlead env up` did not write it.", "Choose another name for the environment."
        )
    objects = _objects(source, program, wanted)
    text = environment_text(source.path.read_text(encoding="utf-8"), wanted, source.project, objects)
    config: dict[str, Any] = from_yaml(text)["config"]
    return Made(StackFile(source.project, wanted.name, path, config), text, objects.text())


def made_again(program: Path, environment: Environment) -> Made:
    """As its first `env up` had it, less images and what was set: what of it was applied is in the state.

    Raises UserError where nobody knows what it was made from.
    """
    name, said = environment.name, environment.made_from
    if not said.get("from"):
        raise UserError(
            f"No update of {name} ever ended, so no stack file of it is known.",
            f"Make it again, and end it: fairlead env up {name} --from STACK, env down {name}",
        )
    entrance = "own" if said.get("gateway") == "own" else "shared"
    return made(program, Wanted(name, said["from"], entrance, said.get("domain", ""), owner=environment.owner or name))


def _objects(source: StackFile, program: Path, wanted: Wanted) -> OwnObjects:
    if any(each.startswith(_WITHOUT) for each in wanted.overrides):
        return own_objects([], wanted)
    read, wrong = stack_objects(source.own_keys().get("objects"), program)
    if wrong:
        raise UserError(report(wrong))
    return own_objects([item.manifest for item in read.items], wanted)


def written(program: Path, new: Made) -> None:
    """Write both files. Raises UserError where the disk does not take them."""
    objects = program / objects_file(new.stack.stack)
    try:
        if new.objects:
            objects.parent.mkdir(exist_ok=True)
            objects.write_text(new.objects, encoding="utf-8")
        new.stack.path.write_text(new.text, encoding="utf-8")
    except OSError as error:
        raise unwritable(new.stack.path, error, "Run this in a folder that can be written to.") from None


def kept(program: Path, name: str) -> dict[Path, str]:
    """The files of an environment as they are, by their paths."""
    paths = (program / f"Pulumi.{name}.yaml", program / objects_file(name))
    return {path: path.read_text(encoding="utf-8") for path in paths if path.exists()}


def restored(program: Path, name: str, before: dict[Path, str]) -> None:
    """The files are as they were `kept`; those that were not there are gone."""
    removed(program, name)
    for path, text in before.items():
        path.write_text(text, encoding="utf-8")


def removed(program: Path, name: str) -> None:
    """Both files are gone."""
    (program / f"Pulumi.{name}.yaml").unlink(missing_ok=True)
    (program / objects_file(name)).unlink(missing_ok=True)


def examined_before(program: Path, new: Made, at: Named) -> Examined:
    """The environment as it would be, evaluated. Raises UserError with all that its rules find."""
    return examined_stack(program, new.stack, evaluate(program, new.stack), at)


def free_hosts(program: Path, new: Made, examined: Examined, *, asked: bool = True) -> None:
    """Raises UserError where somebody else serves a host of the environment; the cluster is `asked` too."""
    config, snapshot = examined.config, examined.snapshot
    hosts = own_hosts(config)
    found = [*taken_here(program, snapshot.stack, hosts, new.stack.own_keys().get("cluster"))]
    if asked:
        shared = [(each.home, each.name) for each in config.gateways if each.external]
        found += taken_on(examined.reached(), stack_mark(snapshot.project, snapshot.stack), hosts, shared)
    if found:
        lines = ["Somebody serves these hosts already:", *(f"  {each}" for each in found)]
        raise UserError("\n".join(lines), "Choose another name for the environment, or another --domain.")
