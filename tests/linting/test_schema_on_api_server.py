"""Does the schema check agree with the API server? What it finds is rejected, and what is rejected is found by lint."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any, cast

import pytest

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.findings import Path
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.lint.schema.violations import violations
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.object_files import read_objects
from tests.fixtures.checkout import TESTS

pytestmark = pytest.mark.apiserver

HOME = "default"
TRIALS = 1500
OTHERS: tuple[Any, ...] = (7, "x", ["x"], {"x": "y"}, None, True, "", -1, 70000, 2**40, 0.5, [], {}, [None], "5s", "80")


def originals() -> list[Manifest]:
    """Objects of Istio's that keep the rules, each where a server without other objects has its namespace."""
    files = [str(path) for path in sorted((TESTS / "lint").glob("*.pass.yaml"))]
    found = [item.manifest for item in read_objects(files).items if violations_of(item.manifest) == []]
    istio = [each for each in found if ".istio.io/" in str(each.get("apiVersion")) and each["kind"] != "IstioOperator"]
    return [{**each, "metadata": {**each["metadata"], "namespace": HOME}} for each in istio]


def violations_of(manifest: Manifest) -> list[str]:
    return [each.message for each in violations(Item(manifest))]


def paths_below(value: Any, path: Path) -> Iterator[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in cast("Any", inner):
        yield (*path, key)
        yield from paths_below(each, (*path, key))


def mutant(manifest: Manifest, chance: random.Random) -> tuple[Manifest, Path, Any]:
    """A copy with one field misspelt, removed or of another value."""
    changed = copy.deepcopy(manifest)
    path = chance.choice([*paths_below(changed.get("spec"), ("spec",)), ("spec",)])
    holder: Any = changed
    for part in path[:-1]:
        holder = holder[part]
    key, how = path[-1], chance.random()
    if how < 0.25 and isinstance(key, str):
        holder[f"{key}x"] = holder.pop(key)
        return changed, path, "misspelt"
    if how < 0.35:
        holder.pop(key)
        return changed, path, "removed"
    holder[key] = copy.deepcopy(chance.choice(OTHERS))
    return changed, path, holder[key]


def refusal(cluster: LiveCluster, manifest: Manifest) -> str:
    try:
        cluster.apply(manifest, dry_run=True)
    except RefusedError as error:
        return str(error)
    return ""


def has_an_error(manifest: Manifest) -> bool:
    found = object_findings(graph([Item(manifest)], closed=True))
    return any(each.severity == "error" for each in found)


def test_the_server_rejects_what_the_schema_check_finds_and_lint_finds_what_the_server_rejects(
    cluster: LiveCluster,
) -> None:
    chance = random.Random(13)  # noqa: S311 - nothing secret
    seeds, wrong, rejected = originals(), list[str](), 0
    for _ in range(TRIALS):
        changed, path, how = mutant(chance.choice(seeds), chance)
        answer, found = refusal(cluster, changed), violations_of(changed)
        rejected += bool(answer)
        if bool(answer) != bool(found) and not (answer and has_an_error(changed)):
            wrong.append(f"{changed['kind']} {path} {how!r}: server {answer!r}, schema {found}")
    assert "\n".join(wrong) == ""
    assert TRIALS / 4 < rejected < TRIALS
