"""How do `up` and `down` run? What an interrupted run left is repaired, the engine works, and the end is proved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from fairlead.doctor.examined import Examined, examined_stack
from fairlead.drift.stack_cluster import Named
from fairlead.evaluation.evaluation import evaluate
from fairlead.lifecycle.consent import Consent, DeclinedError
from fairlead.lifecycle.down import Wanted, down
from fairlead.lifecycle.early_answer import early_answer
from fairlead.lifecycle.engine.engine import Engine
from fairlead.lifecycle.engine.language_host import language_host
from fairlead.lifecycle.up import up
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.progress import ConsoleProgress, Progress
from fairlead.yaml_files.stack_reader import read_stack_file

INTERRUPTED = 130


def up_command(program: Path, stack: str, named: Named, consent: Consent) -> int:
    """The exit code: 0 when the mesh is as the stack file says, 1 when it is not, 130 after Ctrl-C."""
    return _ended(lambda: _hosted(*_looked_at(program, stack, named), lambda whole, of: up(whole, of, consent)))


def up_evaluated(examined: Examined, consent: Consent) -> int:
    """The same of a stack that was evaluated already."""
    snapshot, progress = examined.snapshot, ConsoleProgress(PlainConsole())
    engine = Engine(examined.program, snapshot.stack, progress, project=snapshot.project)
    whole = Wholeness(engine, snapshot, examined.reached, progress)
    return _ended(lambda: _hosted(whole, examined, lambda whole, of: up(whole, of, consent)))


def down_command(program: Path, stack: str, named: Named, consent: Consent, wanted: Wanted) -> int:
    """The exit code: 0 when nothing is left, 1 when something is, 130 after Ctrl-C."""
    return _ended(
        lambda: _hosted(*_looked_at(program, stack, named), lambda whole, of: down(whole, of, consent, wanted))
    )


def _hosted(whole: Wholeness, examined: Examined, work: Callable[[Wholeness, Examined], int]) -> int:
    with language_host(examined.program) as whole.engine.host:
        return work(whole, examined)


def _looked_at(program: Path, stack: str, named: Named) -> tuple[Wholeness, Examined]:
    progress: Progress = ConsoleProgress(PlainConsole())
    stack_file = read_stack_file(program, stack=stack)
    engine = Engine(program, stack, progress, project=stack_file.project)
    exported = early_answer(engine.exported)
    snapshot = evaluate(program, stack_file)
    examined = examined_stack(program, stack_file, snapshot, named)
    return Wholeness(engine, snapshot, examined.reached, progress, exported), examined


def _ended(work: Callable[[], int]) -> int:
    try:
        return work()
    except DeclinedError:
        typer.echo("Nothing was done.", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("Interrupted; the next run goes on from here.", err=True)
        return INTERRUPTED
