"""How do `up` and `down` run? What an interrupted run left is repaired, the engine works, and the end is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import typer

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.evaluation.evaluation import evaluate
from fairlead.lifecycle.consent import Consent, DeclinedError
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.emptiness import Left, left_on
from fairlead.lifecycle.engine import Engine
from fairlead.lifecycle.healing import Healing, Purpose
from fairlead.lifecycle.sighting import release_name, title_of
from fairlead.lifecycle.webhooks import without_dead_webhooks
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UnreachableError, UserError
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.progress import ConsoleProgress, Progress
from fairlead.yaml_files.stack_reader import read_stack_file
from mesh.model.yaml_values import as_list, as_map
from mesh.ownership import stack_mark

INTERRUPTED = 130
_GONE = "If the cluster is gone for good: python -m fairlead down --stack {stack} --cluster-gone"


def up_command(program: Path, stack: str, named: Named, consent: Consent) -> int:
    """The exit code: 0 when the mesh is as the stack file says, 1 when it is not, 130 after Ctrl-C."""
    return _ended(lambda: _up(_wholeness(program, stack, named), consent))


def down_command(program: Path, stack: str, named: Named, consent: Consent, *, cluster_gone: bool) -> int:
    """The exit code: 0 when nothing is left, 1 when something is, 130 after Ctrl-C."""
    return _ended(lambda: _down(_wholeness(program, stack, named), consent, cluster_gone=cluster_gone))


def _wholeness(program: Path, stack: str, named: Named) -> Wholeness:
    progress: Progress = ConsoleProgress(PlainConsole())
    snapshot = evaluate(program, read_stack_file(program, stack=stack))
    engine = Engine(program, stack, progress)
    return Wholeness(engine, snapshot, lambda: stack_cluster(snapshot, program, named), progress)


def _ended(work: Callable[[], int]) -> int:
    try:
        return work()
    except DeclinedError:
        typer.echo("Nothing was done.", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("Interrupted; the next run goes on from here.", err=True)
        return INTERRUPTED


def _up(whole: Wholeness, consent: Consent) -> int:
    state = whole.state(create=True)
    if state.provider():
        with closing(whole.connect()) as cluster:
            found = whole.plan(state, cluster, Purpose.UP)
            if consent.plan:
                return _planned(found.said)
            _repaired(whole, found, cluster, consent)
    elif consent.plan:
        return _planned([])
    _previewed(whole, "up", consent)
    whole.progress.say(_summary(whole.unlocked(whole.engine.up)))
    for line in addresses(whole.engine.outputs()):
        whole.progress.say(line)
    return 0


def _down(whole: Wholeness, consent: Consent, *, cluster_gone: bool) -> int:
    state = whole.state()
    if cluster_gone:
        return _without_cluster(whole, state, consent)
    if state.is_empty and not state.pending:
        whole.progress.say("The state has nothing to delete.")
    try:
        with closing(whole.connect()) as cluster:
            found = whole.plan(state, cluster, Purpose.DOWN)
            if consent.plan:
                return _planned(found.said)
            _repaired(whole, found, cluster, consent)
            _previewed(whole, "destroy", consent)
            for line in without_dead_webhooks(cluster, _releases(whole)):
                whole.progress.say(f"  repaired: {line}")
            whole.progress.say(_summary(whole.unlocked(whole.engine.destroy)))
            return _proof(whole, cluster)
    except UnreachableError as error:
        raise UserError(error.message, _GONE.format(stack=whole.engine.stack)) from error


def _repaired(whole: Wholeness, found: Healing, cluster: LiveCluster, consent: Consent) -> None:
    if found.said:
        consent.to([f"would repair: {line}" for line in found.said], "Repair this first?")
    whole.heal(found, cluster)


def _previewed(whole: Wholeness, verb: str, consent: Consent) -> None:
    if not consent.yes:
        consent.to([whole.unlocked(lambda: whole.engine.preview(verb))], "Do this?")


def _without_cluster(whole: Wholeness, state: Deployment, consent: Consent) -> int:
    gone = [f"would remove from the state: {title_of(each)}" for each in state.on_cluster()]
    if consent.plan:
        return _said(gone)
    consent.to(gone, "Is the cluster gone for good?")
    whole.unlocked(whole.engine.refresh_without_cluster)
    whole.progress.say("  what was on the cluster is removed from the state")
    whole.progress.say(_summary(whole.engine.destroy()))
    return 0 if whole.state().is_empty else 1


def _proof(whole: Wholeness, cluster: LiveCluster) -> int:
    """Say what is left; 1 where anything is that should not be."""
    left = left_on(cluster, stack_mark(whole.snapshot.project, whole.snapshot.stack), _releases(whole))
    state = whole.state()
    for line in proof(left, state_is_empty=state.is_empty):
        whole.progress.say(line)
    return 0 if left.nothing and state.is_empty else 1


def _releases(whole: Wholeness) -> set[str]:
    """The stack's own, as namespace/name."""
    return {release_name(each.inputs) for each in whole.snapshot.resources if each.is_release}


def addresses(outputs: Mapping[str, Any]) -> list[str]:
    """Where each app answers, and how to reach a gateway that has no address, of the stack's outputs."""
    lines = [f"gateway {name}: {each['command']}" for name, each in _named(outputs, "gateways") if each.get("command")]
    return lines + [f"{name}: {url}" for name, each in _named(outputs, "apps") for url in as_list(each.get("urls"))]


def _named(outputs: Mapping[str, Any], section: str) -> Iterable[tuple[str, dict[str, Any]]]:
    return ((name, as_map(each)) for name, each in as_map(outputs.get(section)).items())


def proof(left: Left, *, state_is_empty: bool) -> list[str]:
    """What a person reads of what is left."""
    lines = [f"  left on the cluster: {ref}" for ref in left.objects]
    lines += [f"  left on the cluster: Helm's record of {release}" for release in left.releases]
    if left.nothing:
        lines.append("Nothing of the stack is left on the cluster.")
    if left.kept:
        lines.append(f"Kept, as its charts ask: {len(left.kept)} CustomResourceDefinitions of Istio.")
    lines.append("The state is empty." if state_is_empty else "The state is not empty: run it again.")
    return lines


def _planned(said: list[str]) -> int:
    return _said([f"would repair: {line}" for line in said] or ["nothing has to be repaired"])


def _said(lines: list[str]) -> int:
    for line in lines:
        typer.echo(line)
    return 0


def _summary(said: str) -> str:
    """The engine's own numbers."""
    lines = said.splitlines()
    start = next((index for index, line in enumerate(lines) if line.startswith("Resources:")), len(lines))
    return "\n".join(lines[start:]).rstrip()
