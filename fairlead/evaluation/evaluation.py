"""What does the program say, without a cluster, an account, a network or the Pulumi CLI? Evaluate it in process."""

from __future__ import annotations

import asyncio
import contextvars
import os
import runpy
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
from pulumi.runtime import mocks, set_all_config, settings, stack

from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.evaluation.monitor import Answers, RecordingMonitor
from fairlead.evaluation.recording import snapshot
from fairlead.evaluation.snapshot import Snapshot
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile


def evaluate(program: Path, stack_file: StackFile, answers: Answers | None = None, key: str = "") -> Snapshot:
    """What `program` (the folder of its `__main__.py`) registers for a stack.

    `answers` stands for the cloud; without it every look-up stays open. With a `key`, secrets get fingerprints.

    Each evaluation has a context and an event loop of its own, so any number of them can follow each other in a
    process. Raises UserError with the program's own words where the stack file describes no mesh.
    """
    monitor = RecordingMonitor(stack_file.project, stack_file.stack, answers)
    with collector_paused():
        contextvars.Context().run(_run, program, stack_file, monitor)
    if monitor.duplicates:
        names = "\n".join(f"  {urn}" for urn in sorted(set(monitor.duplicates)))
        raise UserError(f"Two resources have one URN, which the engine rejects:\n{names}", "Rename one of the two.")
    return snapshot(monitor, project=stack_file.project, stack=stack_file.stack, key=key)


def _run(program: Path, stack_file: StackFile, monitor: RecordingMonitor) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # A recorded request is over at once: more threads would only wait for each other.
    executor = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(executor)
    # What the SDK's set_mocks does, less the root stack that it would add beside the program's own.
    settings.configure(
        mocks.MockSettings(
            monitor=monitor,
            monitor_features=monitor.features(),
            engine=mocks.MockEngine(None),
            project=stack_file.project,
            stack=stack_file.stack,
            dry_run=True,
            callbacks=None,
        )
    )
    set_all_config(stack_file.program_config(), stack_file.secret_keys())
    before = Path.cwd()
    search_path = [*sys.path]
    os.chdir(program)
    sys.path.insert(0, str(program))
    try:
        loop.run_until_complete(stack.run_in_stack(lambda: run_main(program)))
    except pulumi.RunError as error:
        raise UserError(str(error)) from None
    finally:
        os.chdir(before)
        sys.path[:] = search_path
        executor.shutdown()
        loop.close()
        asyncio.set_event_loop(None)


def run_main(program: Path) -> None:
    """Run the program once, for whichever monitor the SDK is told of."""
    runpy.run_path(str(program / "__main__.py"), run_name="__main__")
