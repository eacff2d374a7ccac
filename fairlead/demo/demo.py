"""Does the stack work on a real API server? The whole of it goes up, is read back, changes and comes down again."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console

from fairlead.cluster.charts import ChartSource
from fairlead.cluster.helm import Helm
from fairlead.demo.applier import Applier
from fairlead.demo.leftovers import Inventory, Leftovers, leftovers
from fairlead.demo.plan import adopted_namespaces, left_out, takes_part
from fairlead.demo.stage import Stage, demo_stage, exit_code
from fairlead.demo.summary import print_facts, print_verdict, trial_facts
from fairlead.demo.trial import Trial, adopt
from fairlead.evaluation.snapshot import Snapshot


def run_demo(snapshot: Snapshot, changed: Snapshot | None, *, keep: bool, console: Console) -> int:
    """The exit code: 0 if all went up as sent, changed as told and came down without a trace."""
    return exit_code(lambda: _run(snapshot, changed, keep, console), console)


def _run(snapshot: Snapshot, changed: Snapshot | None, keep: bool, console: Console) -> int:
    with demo_stage(console, keep=keep) as stage:
        helm = Helm(stage.toolchain.helm(), stage.server.kubeconfig)
        trial = Trial(Applier(stage.cluster, helm, ChartSource(stage.toolchain)), stage.progress)
        demo = Demo(snapshot, changed, stage, trial)
        left = demo.run(keep=keep)
        facts = trial_facts(trial, left_out(snapshot), left)
        print_facts(console, stage.seconds, facts)
        print_verdict(console, demo.wrong, len(trial.skipped))
    return 1 if demo.wrong else 0


@dataclass
class Demo:
    """The phases in order, and everything that is not as it should be."""

    snapshot: Snapshot
    changed: Snapshot | None
    stage: Stage
    trial: Trial
    wrong: list[str] = field(default_factory=list[str])

    def run(self, *, keep: bool) -> Leftovers | None:
        before = self.stage.cluster.inventory()
        self._put_up()
        self._read_back()
        self._apply_unchanged(self.snapshot, "Applied again, unchanged")
        self._change()
        return None if keep else self._take_down(before)

    def _put_up(self) -> None:
        steps = sum(map(takes_part, self.snapshot.resources))
        with self.stage.phase("Up, in the program's own order", steps):
            self.stage.adopted = adopt(self.stage.cluster, adopted_namespaces(self.snapshot))
            for ref in self.stage.adopted:
                self.stage.say(f"  {ref} is not part of the stack: an empty one is used instead")
            self.trial.put_up(self.snapshot)
        self.wrong += [f"rejected: {each}" for each in self.trial.refused]

    def _read_back(self) -> None:
        with self.stage.phase("Read back", len(self.trial.up)):
            found = self.trial.read_back()
        objects = sum(len(applied.sent) for applied in self.trial.up.values())
        self.stage.say(f"  {objects - len(found)} of {objects} objects are on the server as they were sent")
        for name, differences in found.items():
            self.wrong += [f"not as sent: {name} {difference}" for difference in differences]

    def _apply_unchanged(self, snapshot: Snapshot, title: str) -> None:
        urns = [urn for urn, applied in self.trial.up.items() if not applied.resource.is_release]
        with self.stage.phase(title, len(urns)):
            found = self.trial.apply_again(snapshot, urns)
        self.stage.say(f"  {len(urns) - len(found)} of {len(urns)} objects did not change")
        self.wrong += [f"changed unexpectedly: {name} {each[0]}" for name, each in found.items()]

    def _change(self) -> None:
        if self.changed is None:
            self.stage.say("The stack has no weights: there is none to change.")
            return
        known = self.snapshot.by_urn
        urns = [urn for urn in self.trial.up if self.changed.by_urn[urn].inputs != known[urn].inputs]
        with self.stage.phase("One weight changed", len(urns)):
            before = self.trial.versions()
            found = self.trial.apply_again(self.changed, urns)
            after = self.trial.versions()
        for name, differences in found.items():
            for difference in differences:
                self.stage.say(f"  {name} {difference}", "green")
        touched = [name for name in after if before.get(name) != after[name] and name not in found]
        self.stage.say(f"  {len(after) - len(found) - len(touched)} other objects were not touched")
        self.wrong += [f"changed along with the weight: {name}" for name in touched]
        if not found:
            self.wrong.append("the changed weight changed nothing on the server")
        self._apply_unchanged(self.changed, "Applied again after the change")

    def _take_down(self, before: Inventory) -> Leftovers:
        with self.stage.phase("Down, in reverse order", len(self.trial.up)):
            stuck = self.trial.take_down(self.stage.adopted)
        with self.stage.phase("What is left"):
            left = leftovers(before, self.stage.cluster.inventory())
        self.wrong += [f"not deleted in time: {ref}" for ref in stuck]
        self.wrong += [f"left behind: {each}" for each in left.stray if each not in map(str, stuck)]
        return left
