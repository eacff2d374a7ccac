"""Where do requests within the cluster come from? Short-lived pods, one for each place, gone when the run ends."""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.interrupts import interrupts_held, termination_is_interrupt
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.lifecycle.causes import causes
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress, Silent
from fairlead.verify.live.pods import is_ready
from fairlead.verify.live.probe_job import OWNER, RUN_LABEL, Place, is_abandoned, probe_job
from fairlead.verify.sending import CannotSendError
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.ownership import STACK_LABEL

READY_WITHIN = 90.0
CREATED_WITHIN = 30.0
"""Seconds that the Job controller gets for a pod: where a webhook rejects it, it tries again after ten and twenty."""
_EVERY = 0.3
_JOB = ("batch/v1", "Job")
_NAMED_BY = "job-name"
"""The label that the Job controller puts on a Job's pods."""


@dataclass
class ProbePods:
    """The pods of one run. `mark` is the stack's label, `most` how many may be created, `image` another than the
    version table's."""

    cluster: LiveCluster
    mark: str
    most: int
    image: str = ""
    progress: Progress = field(default_factory=Silent)
    run: str = field(default_factory=lambda: secrets.token_hex(3))
    within: float = READY_WITHIN
    created_within: float = CREATED_WITHIN
    _made: dict[Place, Ref] = field(default_factory=dict[Place, Ref])
    _since: dict[Ref, float] = field(default_factory=dict[Ref, float])
    _failed: dict[Place, str] = field(default_factory=dict[Place, str])
    _pods: dict[Place, str] = field(default_factory=dict[Place, str])
    _signals: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> ProbePods:
        self._signals.enter_context(termination_is_interrupt())
        with contextlib.suppress(UserError):
            self.remove_abandoned()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def created(self) -> int:
        """How many pods this run has created."""
        return len(self._made)

    def begin(self, place: Place) -> None:
        """Create the pod of a place, and wait for nothing: so that several start side by side."""
        if place not in self._made and place not in self._failed:
            try:
                self._create(place)
            except CannotSendError as why:
                self._failed[place] = str(why)

    def pod(self, place: Place) -> str:
        """The name of a ready pod of this place, created at the first need. Raises CannotSendError."""
        self.begin(place)
        if place in self._failed:
            raise CannotSendError(self._failed[place])
        if place not in self._pods:
            self.progress.busy(f"pod in {place.namespace} as {place.account}")
            try:
                self._pods[place] = self._ready(self._made[place])
            except CannotSendError as why:
                self._failed[place] = str(why)
                raise
        return self._pods[place]

    def remove_abandoned(self) -> list[str]:
        """Delete what runs of this stack left that were killed on this machine, and say which."""
        found = self.cluster.labelled(*_JOB, "", f"{STACK_LABEL}={self.mark},{RUN_LABEL}")
        left = [ref for ref, job in found.items() if is_abandoned(_owner(job))]
        for ref in left:
            self.cluster.delete(ref)
            self.progress.say(f"  {ref}, left by a run that was killed, is removed")
        return [str(ref) for ref in left]

    def close(self) -> None:
        """Delete every pod of this run. May be called twice."""
        with interrupts_held():
            for place, ref in list(self._made.items()):
                try:
                    self.cluster.delete(ref)
                except UserError as error:
                    self.progress.say(f"  {ref} could not be deleted, Kubernetes removes it: {error.message}")
                del self._made[place]
            self._pods.clear()
        self._signals.close()

    def _create(self, place: Place) -> None:
        if len(self._made) >= self.most:
            raise CannotSendError(
                f"it needs a pod in {place.namespace} as {place.account}, and --most-pods allows {self.most}"
            )
        with interrupts_held():
            job = probe_job(self.mark, self.run, place, self.image)
            ref = self.cluster.ref(job)
            try:
                self.cluster.create(job)
            except RefusedError as error:
                raise CannotSendError(f"no pod can be created in {place.namespace}: {error.message}") from None
            self._made[place], self._since[ref] = ref, time.monotonic()

    def _ready(self, ref: Ref) -> str:
        # All pods of a run start side by side, so each is waited for since it was created.
        while (waited := time.monotonic() - self._since[ref]) < self.within:
            found = self._found(ref)
            if ready := [pod for pod, live in found.items() if is_ready(live)]:
                return ready[0].name
            if why := self._ended(ref):
                raise CannotSendError(why)
            if not found and waited > self.created_within:
                raise CannotSendError(f"{ref} had no pod after {self.created_within:.0f} s{self._why(ref)}")
            time.sleep(_EVERY)
        raise CannotSendError(f"the pod of {ref} was not ready after {self.within:.0f} s{self._why(ref)}")

    def _found(self, ref: Ref) -> dict[Ref, dict[str, Any]]:
        try:
            return self.cluster.labelled("v1", "Pod", ref.namespace, f"{_NAMED_BY}={ref.name}")
        except RefusedError as error:
            raise CannotSendError(f"pods in {ref.namespace} cannot be read: {error.message}") from None

    def _ended(self, ref: Ref) -> str:
        status = as_map((self.cluster.read(ref) or {}).get("status"))
        return f"the pod of {ref} ended before it was ready{self._why(ref)}" if status.get("failed") else ""

    def _why(self, ref: Ref) -> str:
        """What the cluster says of it, as `up` says why something is not ready."""
        with contextlib.suppress(UserError):
            ours = [each for each in causes(self.cluster, [ref.namespace]) if ref.name in each.subject]
            if ours:
                return f": {ours[0].text}"
            for event in self.cluster.labelled("v1", "Event", ref.namespace, "").values():
                about = as_map(event.get("involvedObject"))
                if (about.get("kind"), about.get("name"), event.get("reason")) == ("Job", ref.name, "FailedCreate"):
                    return f": {event.get('message')}"
        return ""


def _owner(job: dict[str, Any]) -> str:
    return str(as_map(as_map(job.get("metadata")).get("annotations")).get(OWNER) or "")
