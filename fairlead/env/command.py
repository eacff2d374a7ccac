"""What do the commands of `fairlead env` do, and with which exit code do they end?"""

from __future__ import annotations

import sys
from contextlib import ExitStack, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import typer

from fairlead.drift.stack_cluster import Named
from fairlead.env.backend import Backend
from fairlead.env.ending import Ender, file_only, reap
from fairlead.env.environment import Environment
from fairlead.env.making import examined_before, free_hosts, kept, made, restored, written
from fairlead.env.reports import json_text, reaped_json, reaped_lines, span, text_lines
from fairlead.env.stack_text import DEFAULT_TTL
from fairlead.env.wanted import Wanted
from fairlead.lifecycle.command import INTERRUPTED, up_evaluated
from fairlead.lifecycle.consent import Consent
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_reader import project_of
from fairlead_mesh.keys.scalars import seconds


def up_environment(program: Path, wanted: Wanted, at: Named, consent: Consent) -> int:
    """The exit code of `up`; with `plan` nothing is written, and the stack file is printed."""
    new = made(program, wanted)
    if consent.plan and not new.objects:
        free_hosts(program, new, examined_before(program, new, at), asked=False)
        typer.echo(new.text, nl=False)
        return 0
    if consent.plan:
        typer.echo(f"{new.text}---\n{new.objects}", nl=False)
        return 0
    backend = _backend(program)
    begun = wanted.name in backend.names()
    if begun and backend.environment(wanted.name) is None and not backend.was_never_used(wanted.name):
        raise UserError(f"The stack {wanted.name} exists and is no environment.", "Choose another name.")
    before = kept(program, wanted.name)
    written(program, new)
    try:
        examined = examined_before(program, new, at)
        free_hosts(program, new, examined)
    except BaseException:
        restored(program, wanted.name, before)
        raise
    if not begun:
        ttl = seconds(examined.config.lifecycle.ttl or DEFAULT_TTL)
        backend.begin(wanted, datetime.now(UTC) + timedelta(seconds=ttl))
    code = up_evaluated(examined, consent)
    if code == 0 and (found := backend.environment(wanted.name)):
        for url in found.urls:
            typer.echo(f"  {url}")
        typer.echo(_ends(found, datetime.now(UTC)))
    return code


def list_environments(program: Path, form: str) -> int:
    """What there is, of this project's backend."""
    now = datetime.now(UTC)
    found = [*_backend(program).environments()]
    if form == "json":
        typer.echo(json_text(found, now))
    else:
        for line in text_lines(found, now):
            typer.echo(line)
    return 0


def extend_environment(program: Path, name: str, duration: str) -> int:
    """Its end moves by so much; one that is over lives for so long from now on."""
    backend = _backend(program)
    found = _found(backend, name, backend.names())
    now = datetime.now(UTC)
    until = max(found.ends or now, now) + timedelta(seconds=seconds(duration))
    backend.extend(name, until)
    typer.echo(f"{name} ends in {span(until - now)}, at {until:%Y-%m-%d %H:%M} UTC.")
    return 0


def down_environment(program: Path, name: str, at: Named, consent: Consent) -> int:
    """The exit code of `down`; its stack file and its stack are gone after it."""
    backend = _backend(program)
    there = backend.names()
    if name not in there and not consent.plan and file_only(program, name):
        typer.echo(f"{name} never came up: its stack file is removed.")
        return 0
    return Ender(program, backend, at).end(_found(backend, name, there), consent)


def reap_environments(program: Path, at: Named, form: str, *, dry_run: bool) -> int:
    """0 where all that is over is gone, 1 where something of it is left, 130 after Ctrl-C."""
    backend, now = _backend(program), datetime.now(UTC)
    if dry_run:
        due = [each for each in backend.environments() if each.is_over(now)]
        if form == "json":
            typer.echo(json_text(due, now))
        for each in due if form == "text" else []:
            typer.echo(f"would destroy: {each.name} ({each.owner or 'nobody'}), {_over(each, now)}")
        if not due and form == "text":
            typer.echo("No environment is over.")
        return 0
    with ExitStack() as around:
        if form == "json":
            # What `down` says of its way is for people.
            around.enter_context(redirect_stdout(sys.stderr))
        ender = Ender(program, backend, at)
        done = reap(backend, now, lambda each: ender.end(each, Consent(yes=True)))
    interrupted = any(each.interrupted for each in done)
    ended = {each.environment.name for each in done}
    # Whoever interrupts it waits for no more questions.
    kept = [] if interrupted else [each for each in backend.environments() if each.name not in ended]
    if form == "json":
        typer.echo(reaped_json(done, kept, now))
    else:
        for line in reaped_lines(done, kept, now):
            typer.echo(line)
        if not done:
            typer.echo("No environment is over.")
    if interrupted:
        typer.echo("Interrupted; the next reap goes on from here.", err=True)
        return INTERRUPTED
    return int(any(each.why for each in done))


def _backend(program: Path) -> Backend:
    return Backend(program, project_of(program))


def _found(backend: Backend, name: str, there: list[str]) -> Environment:
    found = backend.environment(name) if name in there else None
    if found is None:
        _unknown(name, there, [each.name for each in backend.environments()])
    return found


def _unknown(name: str, stacks: list[str], environments: list[str]) -> NoReturn:
    if name in stacks:
        raise UserError(
            f"{name} is a stack, and no environment: it is not ephemeral.",
            f"To destroy it all the same: fairlead down --stack {name}",
        )
    listed = f"There are {', '.join(environments)}." if environments else "There is none."
    raise UserError(f"There is no environment {name}.", f"{listed} Another backend has others: pulumi whoami --verbose")


def _ends(each: Environment, now: datetime) -> str:
    left = each.left(now)
    return f"{each.name} ends in {span(left)}: fairlead env extend {each.name} 4h" if left else ""


def _over(each: Environment, now: datetime) -> str:
    return f"over since {span(now - each.ends)}" if each.ends else ""
