"""Does each example work as `pulumi up` runs it? The real engine, on the demo's API server or a cluster of one's own.

`FAIRLEAD_TEST_KUBECONFIG` names the kubeconfig of a cluster with nodes; there the engine waits for pods.
`FAIRLEAD_TEST_SET` holds overrides for every stack, a line each, such as `istio.hub=registry.example.com/istio`.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Change, Side
from fairlead.demo import engine as pulumi_engine
from fairlead.demo.config import write_config
from fairlead.demo.engine import Engine
from fairlead.demo.engine_demo import EngineDemo
from fairlead.demo.stage import Stage
from fairlead.demo.weight_change import with_one_weight_changed
from fairlead.effects.resources.replacing_inputs import replacing
from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.preview.command import as_json
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import ConsoleProgress, Silent
from fairlead.yaml_files.overrides import override
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.engine_cluster import Cluster, stack_on, the_cluster
from tests.fixtures.evaluated import STANDALONE

MISSING = pulumi_engine.unavailable()

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return the_cluster(request)


@pytest.fixture
def stage(cluster: Cluster, toolchain: Toolchain) -> Iterator[Stage]:
    live = LiveCluster(cluster.kubeconfig)
    # A run plays on whatever cluster it is given; only the demo itself insists on a server of its own.
    yield Stage(toolchain, cast("ApiServer", None), live, ConsoleProgress(Console(quiet=True)))
    live.close()


@pytest.mark.parametrize("path", STANDALONE, ids=lambda path: path.stem.removeprefix("Pulumi."))
def test_a_stack_goes_up_stays_changes_and_leaves_nothing(
    path: Path, cluster: Cluster, toolchain: Toolchain, stage: Stage, tmp_path: Path
) -> None:
    stack = stack_on(cluster, path, toolchain)
    changed = with_one_weight_changed(stack)
    snapshot = evaluate(PROGRAM, stack)
    engine = Engine(tmp_path / "pulumi", stack.stack.lower(), Silent(), kubeconfig=cluster.kubeconfig)
    demo = EngineDemo(snapshot, stage, engine)
    try:
        demo.run(
            write_config(stack, tmp_path / "stack.yaml"),
            write_config(changed, tmp_path / "changed.yaml") if changed else None,
            keep=False,
        )
    except UserError:
        engine.destroy()
        raise
    assert demo.wrong == []


@pytest.mark.parametrize("path", STANDALONE, ids=lambda path: path.stem.removeprefix("Pulumi."))
def test_the_evaluation_is_what_the_engine_previews(
    path: Path, cluster: Cluster, toolchain: Toolchain, tmp_path: Path
) -> None:
    stack = stack_on(cluster, path, toolchain)
    engine = Engine(tmp_path / "pulumi", stack.stack, Silent(), kubeconfig=cluster.kubeconfig)
    engine.init()
    steps = engine.preview(write_config(stack, tmp_path / "stack.yaml"))["steps"]
    previewed = {step["urn"]: as_evaluated(step["newState"]) for step in steps}
    assert previewed == evaluated_states(evaluate(PROGRAM, stack))


CHANGES = {
    "a weight": ["apps.helloworld.routes.0.weights={v1: 20, v2: 80}"],
    "an app goes, and the labels of its namespace": ["apps=[]", "namespaces.0.injection=false"],
    "a gateway comes, and a value of another": [
        "gateways=[{name: istio-ingress, expose: clusterIP, replicas: 2}, {name: inner, expose: clusterIP}]"
    ],
    "a gateway moves to another namespace": ["gateways.0.namespace=edge"],
}


OWN = """
apiVersion: v1
kind: Secret
metadata: {{name: own, namespace: hello}}
stringData: {{key: "{value}"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: own, namespace: hello}}
data: {{key: "{value}"}}
---
apiVersion: v1
kind: Service
metadata: {{name: own, namespace: hello}}
spec: {{selector: {{app: own}}, ports: [{{port: 80, targetPort: {value}}}]}}
"""


def test_a_diff_says_of_each_resource_what_the_engine_does_to_it(
    cluster: Cluster, toolchain: Toolchain, tmp_path: Path, own_folder: Path
) -> None:
    stack = stack_on(cluster, PROGRAM / "Pulumi.local.yaml", toolchain)
    for name, value in (("own", "1"), ("other", "2")):
        (own_folder / f"{name}.yaml").write_text(OWN.format(value=value))
    override(stack, f"objects=[{own_folder / 'own.yaml'}]")
    before = Side("before", evaluate(PROGRAM, stack, key="one"))
    engine = Engine(tmp_path / "pulumi", stack.stack, Silent(), kubeconfig=cluster.kubeconfig)
    engine.init()
    try:
        engine.up(write_config(stack, tmp_path / "stack.yaml"))
        for name, overrides in {**CHANGES, "plain objects": [f"objects=[{own_folder / 'other.yaml'}]"]}.items():
            changed = replace(stack, config=deepcopy(stack.config))
            for each in overrides:
                override(changed, each)
            said = compare(before, Side("after", evaluate(PROGRAM, changed, key="one")))
            steps = engine.preview(write_config(changed, tmp_path / "changed.yaml"))["steps"]
            assert {each.urn: what for each, what in map(fate, said.changes)} == planned(steps), name
    finally:
        engine.destroy()


def fate(change: Change) -> tuple[Resource, str]:
    """A changed resource, and what the engine's plan has to call it."""
    if change.after and change.old and change.new:
        anew = replacing(change.old, change.new, change.after, None)
        return change.after, "replace" if anew else "update"
    found = change.after or change.before
    assert found
    return found, "create" if change.after else "delete"


def planned(steps: list[dict[str, Any]]) -> dict[str, str]:
    """What the plan does to each resource of its own, the steps of a replacement as one."""
    found: dict[str, str] = {}
    for step in steps:
        state = step.get("newState") or step.get("oldState") or {}
        if state.get("custom") and not state.get("external") and step["op"] not in ("same", "discard"):
            found[step["urn"]] = "replace" if "replace" in step["op"] else step["op"]
    return found


def as_evaluated(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": state["type"],
        "parent": state.get("parent", ""),
        "custom": state["custom"],
        "inputs": state.get("inputs", {}),
        "dependencies": sorted(state.get("dependencies") or []),
        "provider": state.get("provider", "").rpartition("::")[0],
        "read": bool(state.get("external")),
        "options": {key: state[key] for key in ("protect", "retainOnDelete", "deletedWith", "aliases") if key in state},
    }


def evaluated_states(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    kept = ("protect", "retainOnDelete", "deletedWith", "aliases")
    return {
        each["urn"]: {
            **{key: each[key] for key in ("type", "parent", "custom", "inputs", "dependencies", "provider", "read")},
            "options": {key: value for key, value in each["options"].items() if key in kept},
        }
        for each in as_json(snapshot)["resources"]
    }
