"""How is Pulumi's engine run for a user's own stack? Its CLI, with the user's state, login and terminal.

The CLI is in the process group of this program: a Ctrl-C reaches it, it ends what it has begun and writes its state,
and this program waits.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairlead.lifecycle.engine.engine_errors import raise_what_it_means, without_tracebacks
from fairlead.lifecycle.engine.local_state import backend_folder, whole_state
from fairlead.lifecycle.engine.pulumi_cli import pulumi_cli
from fairlead.terminal.progress import Progress

STEP = re.compile(r"^\s*([-+~]+)\s+(\S+) (\S+) ((?:created|updated|deleted|replaced)\b[\w ]*) (\([\d.]+m?s\))")
_QUIET = ("--non-interactive", "--color", "never")


@dataclass
class Engine:
    """One stack of the program in a folder."""

    program: Path
    stack: str
    progress: Progress
    on_step: Callable[[], object] = lambda: None
    project: str = ""
    """Of the program; where it is known, a state in a folder is read without the CLI."""
    host: str = ""
    """The address of the program's language host. Without one the CLI starts a Python of its own, also where it never
    runs the program: it asks for the packages that the program needs."""
    forces: bool = False
    """Whether it writes fields that somebody else has applied, of objects that become the stack's."""
    steps: list[str] = field(default_factory=list[str])
    """What it said of each step that it has done."""

    def select(self) -> None:
        """Create the stack in the backend if it does not exist yet."""
        self._cli("stack", "select", "--create", self.stack)

    def exported(self) -> dict[str, Any]:
        folder = backend_folder(os.environ, self.program) if self.project else None
        if folder and (found := whole_state(folder, self.project, self.stack)):
            return found
        return json.loads(self._cli("stack", "export", "--stack", self.stack))

    def replace_state(self, deployment: dict[str, Any]) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(deployment, file)
            file.flush()
            self._cli("stack", "import", "--force", "--stack", self.stack, "--file", file.name)

    def look_at(self, urns: Sequence[str]) -> None:
        """Read these resources from the cluster into the state."""
        targets = [word for urn in urns for word in ("--target", urn)]
        self._cli("refresh", "--yes", "--skip-preview", "--stack", self.stack, *targets, *self._client())

    def refresh_without_cluster(self) -> None:
        """Drop what was on a cluster that is gone from the state."""
        gone = {"PULUMI_K8S_DELETE_UNREACHABLE": "true"}
        self._cli("refresh", "--yes", "--skip-preview", "--stack", self.stack, *self._client(), more=gone)

    def preview(self, verb: str) -> str:
        """What the engine would do, in its own words; `verb` is `up` or `destroy`."""
        what = ["preview"] if verb == "up" else ["destroy", "--preview-only"]
        return self._cli(*what, "--stack", self.stack, *self._client())

    def up(self, urns: Sequence[str] = ()) -> str:
        """Apply the stack, or these of its resources; all that the engine said."""
        targets = [word for urn in urns for word in ("--target", urn)]
        return self._watched("up", "--yes", "--skip-preview", "--stack", self.stack, *targets, *self._client())

    def destroy(self, urns: Sequence[str] = ()) -> str:
        """Delete what is in the state, or these and what depends on them; all that the engine said."""
        targets = [word for urn in urns for word in ("--target", urn)]
        more = ["--target-dependents", *targets] if targets else []
        return self._watched("destroy", "--yes", "--skip-preview", "--stack", self.stack, *more, *self._client())

    def ask(self, *arguments: str) -> str:
        """What another command of the CLI answers."""
        return self._cli(*arguments)

    def unlock(self) -> None:
        self._cli("cancel", "--yes", "--stack", self.stack)

    def _client(self) -> tuple[str, ...]:
        return (f"--client={self.host}",) if self.host else ()

    def _watched(self, *arguments: str) -> str:
        """All that was said; a line for each step goes to the progress as it comes."""
        said: list[str] = []

        def on_line(line: str) -> None:
            said.append(line)
            if tell_step(line, self.progress):
                self.steps.append(line)
                self.on_step()

        code = self._run(arguments, on_line, merged=True)
        text = "\n".join(said)
        if code:
            start = text.find("Diagnostics:")
            raise_what_it_means(arguments[0], code, without_tracebacks(text[start:] if start >= 0 else text[-3000:]))
        return text

    def _cli(self, *arguments: str, more: dict[str, str] | None = None) -> str:
        out: list[str] = []
        errors: list[str] = []
        code = self._run(arguments, out.append, errors=errors, more=more)
        if code:
            raise_what_it_means(" ".join(arguments[:2]), code, "\n".join(errors).strip() or "\n".join(out).strip())
        return "\n".join(out)

    def _run(
        self,
        arguments: Sequence[str],
        on_line: Callable[[str], object],
        *,
        merged: bool = False,
        errors: list[str] | None = None,
        more: dict[str, str] | None = None,
    ) -> int:
        force = {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true"} if self.forces else {}
        env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true", **force, **(more or {})}
        with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
            with subprocess.Popen(
                [pulumi_cli(), *arguments, *_QUIET],
                cwd=self.program,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if merged else kept,
                encoding="utf-8",
            ) as process:
                interrupted = _followed(process, on_line, self.progress)
            kept.seek(0)
            if errors is not None:
                errors += kept.read().splitlines()
        if interrupted:
            raise KeyboardInterrupt
        return process.returncode


def tell_step(line: str, progress: Progress) -> bool:
    """A step that is done stays on the screen; any other line of the engine's is replaced by the next. Whether it was
    such a step."""
    done = STEP.match(line)
    if done:
        progress.say("  " + " ".join(done.groups()))
    elif line.strip():
        progress.busy(line.strip()[:100])
    return bool(done)


def _followed(process: subprocess.Popen[str], on_line: Callable[[str], object], progress: Progress) -> bool:
    """Read until the program has ended, a Ctrl-C or not; whether there was one."""
    interrupted = False
    while True:
        try:
            for line in process.stdout or ():
                on_line(line.rstrip("\n"))
            process.wait()
        except KeyboardInterrupt:
            interrupted = True
            progress.say(
                "Interrupted: Pulumi ends what it has begun. Again to stop at once; the next run puts that right."
            )
        else:
            return interrupted
