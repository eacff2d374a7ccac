"""Can the stack have its namespaces? Whose they are, and whether one hangs in its deletion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.symptoms import RELEASE_IT, held_by
from fairlead.doctor.examined import Examined, metadata
from fairlead.doctor.finding import Seen, failed, ok, warning
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.ownership import STACK_LABEL, stack_mark

ORDER = 30
QUICK = True

_ADOPT = "write adopt: true for it under namespaces, or name another than {}"


def check(examined: Examined) -> Iterator[Seen]:
    """A namespace of the stack's own is new or has its label, an adopted one exists, and none is Terminating."""
    mark = stack_mark(examined.snapshot.project, examined.snapshot.stack)
    names = [(each.name, each.adopted) for each in examined.config.all_namespaces]
    refs = {name: Ref("v1", "Namespace", "", name) for name, _ in names}
    live = examined.cluster.read_all(refs.values())
    fine = 0
    for name, adopted in names:
        found = live.get(refs[name])
        label = as_map(metadata(found).get("labels")).get(STACK_LABEL) if found else None
        if found and as_map(found.get("status")).get("phase") == "Terminating":
            why = "; ".join(held_by(found)) or f"since {metadata(found).get('deletionTimestamp')}"
            yield failed(f"{name} is Terminating: {why}", f"wait until it is gone; {RELEASE_IT}")
        elif found is None and adopted:
            yield failed(f"{name} does not exist, and the stack adopts it", "create it, or leave adopt out")
        elif found and not adopted and not label and _made_by_pulumi(found):
            text = f"{name} exists already, made by Pulumi, without the label of a stack"
            yield warning(text, f"if it is not this stack's from before: {_ADOPT.format(name)}")
        elif found and not adopted and label != mark:
            whose = f"is of the stack {label}" if label else "exists already and is not of this stack"
            yield failed(f"{name} {whose}", _ADOPT.format(name))
        else:
            fine += 1
    if fine == len(names):
        yield ok(f"all {len(names)} can be created or are the stack's: {', '.join(name for name, _ in names)}")


def _made_by_pulumi(found: dict[str, Any]) -> bool:
    """Stacks had no label at first."""
    managers = (str(each.get("manager")) for each in as_maps(metadata(found).get("managedFields")))
    return any(each.startswith("pulumi-kubernetes") for each in managers)
