"""How do tests look at the program? Through its own evaluation: one recorder for all, and no mock a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.monitor import Answers
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.yaml_files.stack_file import StackFile, read_stack_file

PROGRAM = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((PROGRAM / "examples").glob("*.yaml"))
STACKS = [*EXAMPLES, PROGRAM / "Pulumi.dev.yaml", PROGRAM / "Pulumi.local.yaml"]
KIND: dict[str, Any] = {"kubeconfig": {"context": "kind"}}
EKS: dict[str, Any] = {"eks": {"name": "mesh-dev"}}


def stack_file(path: Path) -> StackFile:
    return read_stack_file(PROGRAM, config_file=path)


def evaluate_file(path: Path) -> Snapshot:
    return evaluate(PROGRAM, stack_file(path))


def evaluated(answers: Answers | None = None, **keys: Any) -> Snapshot:
    """The program's snapshot for a config of these keys; the cluster is kind where none is named."""
    config = {f"fairlead:{key}": value for key, value in {"cluster": KIND, **keys}.items()}
    return evaluate(PROGRAM, StackFile("fairlead", "test", Path("Pulumi.test.yaml"), config), answers)


def one(snapshot: Snapshot, kind: str, name: str) -> Resource:
    """The one resource of a kind (the last part of its type) with a logical name."""
    (found,) = [each for each in snapshot.resources if each.type.rpartition(":")[2] == kind and each.name == name]
    return found


def kinds(snapshot: Snapshot) -> set[str]:
    return {each.type.rpartition(":")[2] for each in snapshot.resources}


def comes_before(snapshot: Snapshot, first: Resource, second: Resource) -> bool:
    """Whether `second` waits for `first`, directly or through others."""
    waiting, seen = [*second.dependencies], set[str]()
    while waiting:
        urn = waiting.pop()
        if urn == first.urn:
            return True
        if urn not in seen:
            seen.add(urn)
            waiting += snapshot.by_urn[urn].dependencies
    return False
