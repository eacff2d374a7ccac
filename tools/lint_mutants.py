"""Of meshes with one defect each, in how many does lint find it, at its object? Prints the recall by kind.

    python tools/lint_mutants.py [all]

The clean meshes are those of tests/meshes, and cases of tests/truth of which lint says nothing; the defects are those
of tools/lint_defects.py. A defect counts as found where the object, or one that a finding names beside it, has a
finding that it does not have in the clean mesh. `all` prints also those that are found.
"""

from __future__ import annotations

import copy
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from defect_changes import GONE, Change  # noqa: E402 - found by the path above
from lint_defects import DEFECTS  # noqa: E402

from fairlead_mesh.findings import Finding  # noqa: E402 - found by the path above
from fairlead_mesh.lint.object_findings import object_findings  # noqa: E402
from fairlead_mesh.model.graph import graph  # noqa: E402
from fairlead_mesh.model.objects.item import Item  # noqa: E402
from fairlead_mesh.model.objects.yaml_values import as_map  # noqa: E402
from fairlead_mesh.reading.documents import yaml_objects  # noqa: E402

Manifest = dict[str, Any]
Step = str | int
MESH_CONFIG = {"defaultProviders": {"metrics": ["prometheus"]}, "extensionProviders": []}
CASES = (
    *("authz-hosts", "authz-namespace", "authz-paths", "dr-outlier", "dr-round-robin", "cors-exact"),
    *("fault-abort-half", "delegate-rewrite", "gateway-protocol-http2", "authz-when-namespace", "dr-hash-header"),
)


@dataclass(frozen=True)
class Mutant:
    """A mesh with one defect: the clean mesh's name, what the defect is about, where it is, and whose it is."""

    mesh: str
    about: str
    defect: str
    subject: tuple[str, str, str]
    objects: list[Manifest]


def clean_meshes() -> Iterator[tuple[str, list[Manifest]]]:
    """The meshes of which lint says neither error nor warning."""
    for path in sorted((ROOT / "tests" / "meshes").glob("*.yaml")):
        yield path.stem, yaml_objects(path.read_text(encoding="utf-8"))
    truth = ROOT / "tests" / "truth"
    world = yaml_objects((truth / "world.yaml").read_text(encoding="utf-8"))[0]["objects"]
    for name in CASES:
        own = yaml_objects((truth / "cases" / f"{name}.yaml").read_text(encoding="utf-8"))[0].get("objects", [])
        yield name, [*world, *own]


def found_in(objects: list[Manifest]) -> list[Finding]:
    """What lint says of the objects of a mesh."""
    items = [Item(each, source="mesh", document=number) for number, each in enumerate(objects)]
    return object_findings(graph(items, closed=True, mesh_config=MESH_CONFIG))


def mutants(name: str, objects: list[Manifest]) -> Iterator[Mutant]:
    """Each defect once, in the first object that it fits."""
    for about, kinds in DEFECTS.items():
        for kind, defects in kinds.items():
            for number, (path, change) in enumerate(defects):
                made = next(_made(objects, kind, path, change), None)
                if made and not ("istio.io/rev" in path and not _has_istiod(objects)):
                    index, changed = made
                    metadata = as_map(objects[index].get("metadata"))
                    subject = kind, str(metadata.get("namespace") or ""), str(metadata.get("name"))
                    whole = [changed if place == index else each for place, each in enumerate(objects)]
                    yield Mutant(name, about, f"{kind} {path} ({number})", subject, whole)


def _made(objects: list[Manifest], kind: str, path: str, change: Change) -> Iterator[tuple[int, Manifest]]:
    for index, each in enumerate(objects):
        if each.get("kind") == kind and not _is_left_alone(each):
            for place in _places(each, _steps(path.removesuffix("+")), path.endswith("+")):
                changed = copy.deepcopy(each)
                if _change(changed, place, change) and changed != each:
                    yield index, changed


def _is_left_alone(each: Manifest) -> bool:
    """Istio's own parts: nobody writes them, and what is wrong for an app may be right for a gateway."""
    metadata = as_map(each.get("metadata"))
    labels = as_map(as_map(as_map(as_map(each.get("spec")).get("template")).get("metadata")).get("labels"))
    system = metadata.get("namespace") == "istio-system" or "istio" in labels
    return system and each["kind"] in ("Deployment", "Service")


def _has_istiod(objects: list[Manifest]) -> bool:
    """Whether it can be known which revisions there are."""
    return any(as_map(as_map(each.get("metadata")).get("labels")).get("app") == "istiod" for each in objects)


def _steps(path: str) -> list[Step]:
    """A path's steps; a key of Istio's holds dots itself."""
    head, _, name = path.partition("annotations.") if "annotations." in path else path.partition("labels.")
    if name:
        between = "annotations" if "annotations." in path else "labels"
        return [*(part for part in head.split(".") if part), between, name]
    return [int(part) if part.isdigit() else part for part in path.split(".")]


def _places(value: Any, steps: list[Step], adds: bool) -> Iterator[list[Step]]:
    if not steps:
        yield []
        return
    step, rest = steps[0], steps[1:]
    if step == "*":
        for index, each in enumerate(value) if isinstance(value, list) else ():
            yield from ([index, *place] for place in _places(each, rest, adds))
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from ([step, *place] for place in _places(value[step], rest, adds))
    elif isinstance(value, dict) and (step in value or adds):
        yield from ([step, *place] for place in _places(value.get(step, {}), rest, adds))


def _change(value: Any, place: list[Step], change: Change) -> bool:
    for step in place[:-1]:
        value = value.setdefault(step, {}) if isinstance(value, dict) else value[step]
    old = value.get(place[-1]) if isinstance(value, dict) else value[place[-1]]
    new = change(old)
    if new is GONE:
        del value[place[-1]]
    else:
        value[place[-1]] = new
    return True


def _said(found: list[Finding], subject: tuple[str, str, str]) -> Counter[tuple[str, str]]:
    """What is said of an object: rule and message."""
    about = (each for each in found if subject in (each.subject, *(other.subject for other in each.related)))
    return Counter((each.rule, each.message) for each in about)


def main(*, everything: bool) -> None:
    """Measure and print."""
    met, told = Counter[str](), Counter[str]()
    for name, objects in clean_meshes():
        clean = found_in(objects)
        for each in clean:
            if each.severity != "info":
                print(f"false alarm in {name}: {each.severity} {each.rule} {each.subject} {each.message}")
        for mutant in mutants(name, objects):
            new = _said(found_in(mutant.objects), mutant.subject) - _said(clean, mutant.subject)
            told[mutant.about] += 1
            met[mutant.about] += bool(new)
            if everything or not new:
                rules = ", ".join(dict.fromkeys(rule for rule, _ in new))
                print(f"{'found' if new else 'missed'}  {name}  {mutant.defect}  {'/'.join(mutant.subject)}  {rules}")
    for about, number in told.items():
        print(f"{about}: {met[about]} of {number} ({met[about] / number:.1%})")
    print(f"all: {met.total()} of {told.total()} ({met.total() / told.total():.1%})")


if __name__ == "__main__":
    main(everything=sys.argv[1:] == ["all"])
