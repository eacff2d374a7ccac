"""What does another folder's program say? Evaluated in a process of its own, with that folder's own code and packages.

The evaluation is fairlead's of today; `fairlead_mesh` and `components` are those of the folder, which is why nothing
here may import `fairlead_mesh` before the program does.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fairlead.cluster.child import run
from fairlead.evaluation.snapshot import Lookup, Resource, Snapshot
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile

_ROOT = Path(__file__).resolve().parents[2]
_START = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location(
    "fairlead", f"{sys.argv[1]}/fairlead/__init__.py", submodule_search_locations=[f"{sys.argv[1]}/fairlead"]
)
sys.modules["fairlead"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from fairlead.comparison.worker import work
work()
"""
"""This fairlead alone is today's: beside it lie the packages of today, which are not the other revision's."""


class CrashError(UserError):
    """The program ended in an error that nobody made a sentence of."""


def evaluated_apart(program: Path, stack_file: StackFile, python: Path, key: str) -> Snapshot:
    """The Snapshot of the program in the folder `program`, run by `python`, its secrets with fingerprints of this key.

    Raises UserError with the program's own words where it refuses the stack file, CrashError where it fails otherwise.
    """
    question = {"project": stack_file.project, "stack": stack_file.stack, "config": stack_file.config, "key": key}
    # `-P`: the folder that the command was started in holds modules of the same names.
    command = [python, "-P", "-c", _START, _ROOT, program, stack_file.path]
    done = run(command, stdin=json.dumps(question, default=str), cwd=program, env=_environment())
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else {}
    if "snapshot" in said:
        return _snapshot(said["snapshot"])
    if "message" in said:
        raise UserError(said["message"], said["remedy"])
    words = done.stderr.strip().splitlines()
    raise CrashError(f"the program ended with {words[-1] if words else f'exit code {done.returncode}'}")


def _environment() -> dict[str, str]:
    """This one's, without a way back to the modules of today."""
    ways = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    others = [way for way in ways if way and Path(way).resolve() != _ROOT]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(others)}


def work() -> None:
    """The child's part: a question on standard input, an answer as the last line of standard output."""
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415 - the parent has no need of Pulumi's SDK

    asked: dict[str, Any] = json.load(sys.stdin)
    stack_file = StackFile(asked["project"], asked["stack"], Path(sys.argv[3]), asked["config"])
    try:
        answer: dict[str, Any] = {"snapshot": asdict(evaluate(Path(sys.argv[2]), stack_file, key=asked["key"]))}
    except UserError as error:
        answer = {"message": error.message, "remedy": error.remedy}
    print(f"\n{json.dumps(answer)}")


def _snapshot(plain: dict[str, Any]) -> Snapshot:
    return Snapshot(
        project=plain["project"],
        stack=plain["stack"],
        resources=tuple(_resource(each) for each in plain["resources"]),
        outputs=plain["outputs"],
        lookups=tuple(Lookup(**each) for each in plain["lookups"]),
    )


def _resource(plain: dict[str, Any]) -> Resource:
    fields: dict[str, Any] = {**plain, "dependencies": tuple(plain["dependencies"])}
    return Resource(**fields)
