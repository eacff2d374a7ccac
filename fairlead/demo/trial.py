"""How does a stack go up on a cluster, change and come down again? In the program's own order, and back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.charts import ChartUnavailableError
from fairlead.cluster.live_cluster import MANAGER, LiveCluster
from fairlead.demo.applier import Applied, Applier, NotHereError
from fairlead.demo.plan import Skip, takes_part, title
from fairlead.evaluation.differences import ABSENT, Difference, changes, not_as_sent
from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.terminal.errors import UnreachableError, UserError
from fairlead.terminal.progress import ConsoleProgress

Found = dict[str, list[Difference]]


@dataclass
class Trial:
    """A stack on a throw-away cluster: what is up, what was skipped and what the server rejected."""

    applier: Applier
    progress: ConsoleProgress
    up: dict[str, Applied] = field(default_factory=dict[str, Applied])
    skipped: list[Skip] = field(default_factory=list[Skip])
    refused: list[str] = field(default_factory=list[str])

    @property
    def cluster(self) -> LiveCluster:
        return self.applier.cluster

    def put_up(self, snapshot: Snapshot) -> None:
        for resource in filter(takes_part, snapshot.resources):
            self.progress.busy(title(resource))
            started = time.monotonic()
            try:
                self.up[resource.urn] = self.applier.put(resource)
                self.progress.say(f"  {title(resource)}  {time.monotonic() - started:.2f} s")
            except (ChartUnavailableError, NotHereError) as error:
                self._skip(resource, error.message)
            except UnreachableError:
                raise
            except UserError as error:
                self.refused.append(f"{title(resource)}: {error.message}")
                self.progress.say(f"  rejected {self.refused[-1]}", "red")
            self.progress.advance()

    def _skip(self, resource: Resource, reason: str) -> None:
        after = [title(skip.resource) for skip in self.skipped if skip.resource.urn in resource.dependencies]
        reason += f", and {', '.join(after)} was skipped" if after else ""
        self.skipped.append(Skip(resource, reason))
        self.progress.say(f"  skipped {title(resource)}: {reason}", "yellow")

    def read_back(self) -> Found:
        """What is missing on the server, or another than was sent."""
        found: Found = {}
        for applied in self.up.values():
            self.progress.busy(title(applied.resource))
            states = self.applier.states(applied)
            for ref, manifest in applied.sent.items():
                live = states.get(ref)
                found[str(ref)] = not_as_sent(manifest, live) if live else [Difference("the object", "sent", ABSENT)]
            self.progress.advance()
        return {name: differences for name, differences in found.items() if differences}

    def apply_again(self, snapshot: Snapshot, urns: Iterable[str]) -> Found:
        """Apply these resources as this snapshot has them; what changed on the server by that."""
        found: Found = {}
        for urn in urns:
            resource, before = snapshot.by_urn[urn], self.applier.states(self.up[urn])
            self.progress.busy(title(resource))
            self.up[urn] = self.applier.put(resource)
            for ref, live in self.applier.states(self.up[urn]).items():
                old = before.get(ref, {"metadata": {}})
                # A controller may write a status in between, which gives a new version and is no change of ours.
                if _version(old) != _version(live) and (differences := changes(old, live)):
                    found[str(ref)] = differences
            self.progress.advance()
        return found

    def versions(self) -> dict[str, Any]:
        """The version of every object of the stack: equal as long as nobody writes to it."""
        applied = [each for each in self.up.values() if not each.resource.is_release]
        return {str(ref): _version(live) for each in applied for ref, live in self.applier.states(each).items()}

    def take_down(self, adopted: Sequence[Ref] = ()) -> list[Ref]:
        """Remove all in reverse order, nothing before what depends on it is gone; what did not go in time."""
        stuck: list[Ref] = []
        for applied in reversed(list(self.up.values())):
            resource, started = applied.resource, time.monotonic()
            self.progress.busy(f"removing {title(resource)}")
            stuck += self.cluster.wait_until_gone(_gone_before(resource, self.up.values()))
            self.applier.remove(applied)
            self.progress.say(f"  removed {title(resource)}  {time.monotonic() - started:.2f} s")
            self.progress.advance()
        for ref in adopted:
            self.cluster.delete(ref)
        self.progress.busy("waiting until the namespaces are deleted")
        left = {ref for applied in self.up.values() for ref in applied.removable}
        return sorted({*stuck, *self.cluster.wait_until_gone([*sorted(left), *adopted])})


def adopt(cluster: LiveCluster, names: Iterable[str]) -> list[Ref]:
    """Create the namespaces that in a real cluster are there already; those that were missing here."""
    made: list[Ref] = []
    for name in names:
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        ref = cluster.ref(manifest)
        if cluster.read(ref) is None:
            cluster.apply(manifest, f"{MANAGER}-demo")
            made.append(ref)
    return made


def _gone_before(resource: Resource, up: Iterable[Applied]) -> list[Ref]:
    return [ref for each in up if resource.urn in each.resource.dependencies for ref in each.removable]


def _version(live: dict[str, Any]) -> Any:
    return live["metadata"].get("resourceVersion")
