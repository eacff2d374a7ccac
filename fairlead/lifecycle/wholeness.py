"""How does a run start from what the last one left? Its state, its lock and its cluster are made whole first."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.evaluation.snapshot import Snapshot
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.engine.engine import Engine
from fairlead.lifecycle.engine.engine_errors import CutOffError, LockedError, NoStackError
from fairlead.lifecycle.engine.local_state import backend_folder, restored, without_cut_off_locks
from fairlead.lifecycle.healing import Healing, Purpose, healing
from fairlead.lifecycle.sighting import sighting, title_of
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress

_Said = TypeVar("_Said")
MANY = 3
"""A killed run can have deleted so many that it did not write down; more that are missing are on another cluster."""


@dataclass
class Wholeness:
    """What is needed to look at a stack; `connect` opens its cluster."""

    engine: Engine
    snapshot: Snapshot
    connect: Callable[[], LiveCluster]
    progress: Progress
    early: Callable[[], dict[str, Any]] | None = None
    """The state, where it was asked for already; it is good for one look."""

    def state(self, *, create: bool = False) -> Deployment:
        """The state, readable again if a killed run cut it off; with `create` a stack that is new is created."""
        ask, self.early = self.early or self.engine.exported, None
        try:
            return Deployment(ask())
        except NoStackError:
            if not create:
                raise
            self.engine.select()
        except CutOffError as error:
            folder = backend_folder(os.environ, self.engine.program)
            if folder is None:
                raise UserError(error.message, "Restore the state from a version that your backend keeps.") from None
            self._say(restored(folder, self.snapshot.project, self.engine.stack))
        return Deployment(self.engine.exported())

    def plan(self, state: Deployment, cluster: LiveCluster, purpose: Purpose, *, adopting: bool = False) -> Healing:
        """What has to be put right; `adopting`, with what nobody owns as the stack's own. Raises UserError where the
        cluster cannot be the one that the state is of."""
        seen = sighting(cluster, self.snapshot, state)
        ours = list(state.on_cluster())
        if len(ours) > MANY and not any(seen.has(str(each["urn"])) for each in ours):
            raise UserError(
                f"None of the {len(ours)} resources of the state exists on {cluster.host}, "
                f"not even {title_of(ours[0])}: it is another cluster, or a new one of the same name.",
                "Check the context of the kubeconfig. If the cluster of this stack is gone for good, run: "
                f"fairlead down --stack {self.engine.stack} --cluster-gone",
            )
        found = healing(self.snapshot, state, seen, purpose, adopting=adopting)
        if found.foreign:
            raise UserError(
                "\n".join(["The cluster has objects of somebody else where this stack has its own:", *found.foreign]),
                "Rename yours, or have theirs removed, or import them: pulumi import.",
            )
        return found

    def heal(self, found: Healing, cluster: LiveCluster) -> None:
        """Do it, and say each repair."""
        if not found.said and not found.adopted:
            return
        # First what needs the lock: who has the stack may be in the middle of installing one of these releases.
        self.unlocked(lambda: self.engine.replace_state(found.state.exported))
        for ref in found.records:
            cluster.delete(ref)
        for line in found.said:
            self._say(line)
        for name in found.adopted:
            self.progress.say(f"  taken over: {name}")
        if found.look_at:
            self.engine.look_at(found.look_at)

    def unlocked(self, work: Callable[[], _Said]) -> _Said:
        """Do what needs the stack's lock. One of this user's own runs on this machine that was killed is removed."""
        try:
            return work()
        except LockedError as locked:
            if not _is_of_a_dead_run(locked.owner):
                raise
            self._say("the lock of a killed run (process {pid}, since {since}) is removed".format(**locked.owner))
            self.engine.unlock()
        except CutOffError:
            folder = backend_folder(os.environ, self.engine.program)
            if folder is None or not without_cut_off_locks(folder, self.snapshot.project, self.engine.stack):
                raise
            self._say("a lock that was cut off while it was written is removed")
        return work()

    def _say(self, line: str) -> None:
        self.progress.say(f"  repaired: {line}")


def _is_of_a_dead_run(owner: Mapping[str, str]) -> bool:
    if not owner or (owner["user"], owner["host"]) != (getpass.getuser(), socket.gethostname()):
        return False
    return (
        not Path(f"/proc/{owner['pid']}").exists() if Path("/proc/self").exists() else not _answers(int(owner["pid"]))
    )


def _answers(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
