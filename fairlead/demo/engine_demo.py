"""Does the stack work as `pulumi up` runs it? The same demo, through the real engine with its state in a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.charts import ChartSource, ChartUnavailableError
from fairlead.demo.engine import Engine
from fairlead.demo.leftovers import Inventory, settled_leftovers
from fairlead.demo.plan import Skip, adopted_namespaces, is_patch, left_out, manifest_of, title
from fairlead.demo.stage import Stage, demo_stage, exit_code
from fairlead.demo.summary import Fact, left_facts, left_out_facts, print_facts, print_verdict, stand_in_facts
from fairlead.demo.trial import adopt
from fairlead.evaluation.differences import changes
from fairlead.evaluation.snapshot import Snapshot

WriteConfigs = Callable[[ApiServer, Path | None], tuple[Path, Path | None]]
"""Given the running server and the folder of Istio's charts, if they are here: the config file for it, and one with a
weight changed."""

SETTLED_WITHIN = 60.0
UNTOUCHED = frozenset({"same", "read"})
"""What the engine counts that is no change: a gateway's live Service is read at every run."""


def run_engine_demo(snapshot: Snapshot, write_configs: WriteConfigs, *, keep: bool, console: Console) -> int:
    """The exit code: 0 if up, up again, one change and destroy did exactly what they should."""
    return exit_code(lambda: _run(snapshot, write_configs, keep, console), console)


def _run(snapshot: Snapshot, write_configs: WriteConfigs, keep: bool, console: Console) -> int:
    with demo_stage(console, keep=keep) as stage:
        folder = stage.server.folder / "pulumi"
        engine = Engine(folder, snapshot.stack, stage.progress, kubeconfig=stage.server.kubeconfig)
        config, changed = write_configs(
            stage.server, stage.toolchain.istio_charts() if stage.toolchain.builds_charts else None
        )
        demo = EngineDemo(snapshot, stage, engine)
        facts = demo.run(config, changed, keep=keep)
        stand_ins, skipped = _charts(snapshot, ChartSource(stage.toolchain))
        facts += [*stand_in_facts(stand_ins), *((f"Skipped {title(each.resource)}", each.reason) for each in skipped)]
        print_facts(console, stage.seconds, [*facts, *left_out_facts(left_out(snapshot))])
        print_verdict(console, demo.wrong, len(skipped))
        if keep:
            stage.say(f"The engine's state is in {folder}; its passphrase: {engine.passphrase}")
    return 1 if demo.wrong else 0


@dataclass
class EngineDemo:
    """The phases in order, and everything that is not as it should be."""

    snapshot: Snapshot
    stage: Stage
    engine: Engine
    wrong: list[str] = field(default_factory=list[str])

    def run(self, config: Path, changed: Path | None, *, keep: bool) -> list[Fact]:
        before = self.stage.cluster.inventory()
        facts = [("Up", self._up(config)), ("Up again", self._up_again(config, "Up again, unchanged"))]
        if changed:
            facts += [("One weight changed", self._change(changed))]
            facts += [("Up again after it", self._up_again(changed, "Up again after the change"))]
        else:
            self.stage.say("The stack has no weights: there is none to change.")
        return facts if keep else [*facts, *self._destroy(before)]

    def _up(self, config: Path) -> str:
        with self.stage.phase("pulumi up", len(self.snapshot.resources)):
            self.stage.adopted = adopt(self.stage.cluster, adopted_namespaces(self.snapshot))
            for ref in self.stage.adopted:
                self.stage.say(f"  {ref} is not part of the stack: an empty one is used instead")
            self.engine.init()
            return _told(self.engine.up(config))

    def _up_again(self, config: Path, title: str) -> str:
        with self.stage.phase(title):
            told = self.engine.up(config)
        if set(told) - UNTOUCHED:
            self.wrong.append(f"{title.lower()}: {_told(told)}")
        return _told(told)

    def _change(self, config: Path) -> str:
        with self.stage.phase("One weight changed"):
            before = self._states()
            told = self.engine.up(config)
        found = {name: changes(before[name], live) for name, live in self._states().items() if name in before}
        for name, differences in found.items():
            for difference in differences:
                self.stage.say(f"  {name} {difference}", "green")
        changed = [name for name, differences in found.items() if differences]
        routing = bool(changed) and all(name.startswith("VirtualService ") for name in changed)
        if not routing or told.get("update") != len(changed) or set(told) - {*UNTOUCHED, "update"}:
            # An app at gateways of every host and inside the mesh has a VirtualService for each.
            self.wrong.append(f"one changed weight is not an update of its VirtualServices alone: {_told(told)}")
        return _told(told)

    def _destroy(self, before: Inventory) -> list[Fact]:
        with self.stage.phase("pulumi destroy"):
            told = self.engine.destroy()
            stuck = self.stage.remove_adopted()
        with self.stage.phase("What is left"):
            left = settled_leftovers(before, self.stage.cluster.inventory, SETTLED_WITHIN)
            rows = self.engine.resources()
        self.wrong += [f"not deleted in time: {ref}" for ref in stuck]
        self.wrong += [f"left behind: {each}" for each in left.stray if each not in map(str, stuck)]
        self.wrong += [f"left in the engine's state: {row['urn']}" for row in rows]
        return [("Destroy", _told(told)), *left_facts(left)]

    def _states(self) -> dict[str, dict[str, object]]:
        """The stack's own objects as they are on the server now."""
        cluster = self.stage.cluster
        manifests = (
            manifest_of(each) for each in self.snapshot.resources if each.is_kubernetes_object and not is_patch(each)
        )
        refs = [cluster.ref(manifest) for manifest in manifests if cluster.knows(manifest)]
        return {str(ref): live for ref in refs if (live := cluster.read(ref))}


def _charts(snapshot: Snapshot, charts: ChartSource) -> tuple[dict[str, str], list[Skip]]:
    """Which charts another one stands in for, and which Releases have none."""
    stand_ins: dict[str, str] = {}
    skipped: list[Skip] = []
    for resource in snapshot.resources:
        if resource.is_release:
            try:
                chart = charts.find(resource.inputs)
            except ChartUnavailableError as error:
                skipped.append(Skip(resource, error.message))
            else:
                stand_ins |= {chart.name: chart.stands_in} if chart.stands_in else {}
    return stand_ins, skipped


def _told(changed: dict[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(changed.items())) or "nothing"
