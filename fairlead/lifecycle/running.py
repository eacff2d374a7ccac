"""How do `up` and `down` let the engine work? After the repairs and a question, watched, with causes if it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

import typer

from fairlead.cluster.applied_names import ref_of_inputs
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.evaluation.snapshot import Snapshot
from fairlead.lifecycle.causes import Cause, causes
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.engine.engine_errors import EngineError
from fairlead.lifecycle.healing import Healing
from fairlead.lifecycle.waiting import Waiting, found_now
from fairlead.lifecycle.wholeness import Wholeness


def repaired(whole: Wholeness, found: Healing, cluster: LiveCluster, consent: Consent) -> None:
    """Ask, and do the repairs. Raises DeclinedError."""
    if found.said:
        consent.to([f"would repair: {line}" for line in found.said], "Repair this first?")
    whole.heal(found, cluster)


def previewed(whole: Wholeness, verb: str, consent: Consent) -> None:
    """Show what the engine would do, and ask. Raises DeclinedError."""
    if not consent.yes:
        consent.to([whole.unlocked(lambda: whole.engine.preview(verb))], "Do this?")


def watched(
    whole: Wholeness,
    cluster: LiveCluster | None,
    work: Callable[[], str],
    also: Callable[[], Iterable[Cause]] = tuple,
) -> str:
    """What the engine said. While it waits, causes are said; if it fails, they are the last lines of the error.

    `also` are causes that are not seen on the cluster.
    """
    if cluster is None:
        return whole.unlocked(work)
    homes = namespaces(whole.snapshot)

    def look() -> Iterable[Cause]:
        return chain(causes(cluster, homes), also())

    def warnings() -> Iterable[object]:
        return cluster.changes("v1", "Event", "type=Warning")

    with Waiting(look, whole.progress, changes=warnings) as waiting:
        whole.engine.on_step = waiting.moved
        try:
            return whole.unlocked(work)
        except EngineError as error:
            found = [str(each) for each in found_now(waiting.look)]
            if not found:
                raise
            raise EngineError("\n".join([error.message, "Causes:", *(f"  {each}" for each in found)])) from None


def namespaces(snapshot: Snapshot) -> set[str]:
    """Where the stack has pods and Services."""
    releases = {str(each.inputs.get("namespace") or "default") for each in snapshot.releases}
    refs = [ref_of_inputs(each.inputs) for each in snapshot.resources if each.is_kubernetes_object]
    return releases | {each.name if each.kind == "Namespace" else each.namespace for each in refs if each} - {""}


def said(lines: list[str]) -> int:
    """Print the lines; the exit code of a command that only says something."""
    for line in lines:
        typer.echo(line)
    return 0


def planned(repairs: list[str]) -> int:
    """What `--plan` prints."""
    return said([f"would repair: {line}" for line in repairs] or ["nothing has to be repaired"])
