"""How does an environment end? Its stack goes down, then it is removed from the backend, and its files are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fairlead.drift.stack_cluster import Named
from fairlead.env.backend import Backend
from fairlead.env.environment import Environment
from fairlead.env.making import made_again, removed, written
from fairlead.env.stack_text import is_environment
from fairlead.lifecycle.command import INTERRUPTED, down_command
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.down import Wanted
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.findings import ConfigError
from fairlead_mesh.model.objects.yaml_values import as_list


@dataclass(frozen=True)
class Ender:
    """Ends environments of one program on the cluster that is `at`."""

    program: Path
    backend: Backend
    at: Named

    def end(self, environment: Environment, consent: Consent) -> int:
        """The exit code of `down`; the stack is removed where that is 0. Raises UserError."""
        name = environment.name
        self._with_a_stack_file(environment)
        code = down_command(self.program, name, self.at, consent, Wanted())
        if code == 0 and not consent.plan:
            self.backend.remove(name)
            removed(self.program, name)
        return code

    def _with_a_stack_file(self, environment: Environment) -> None:
        """A fresh checkout has none: it is written as the last update had it, less objects that are not here."""
        name = environment.name
        if (self.program / f"Pulumi.{name}.yaml").exists():
            return
        if environment.last_up is None:
            # The backend knows no config of it: its update was killed before it ended.
            written(self.program, made_again(self.program, environment))
            return
        self.backend.write_config(name)
        path = self.program / f"Pulumi.{name}.yaml"
        stack_file = read_stack_file(self.program, stack=name)
        listed = as_list(stack_file.own_keys().get("objects"))
        if any(not (self.program / str(each)).exists() for each in listed):
            # What was applied is in the state, and goes with it.
            path.write_text(without_objects(path.read_text(encoding="utf-8"), stack_file.project), encoding="utf-8")


def without_objects(text: str, project: str) -> str:
    """A stack file that the CLI wrote, without its key for objects."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        inside = line.strip().startswith(f"{project}:objects:") or (inside and line.startswith(("   ", "  -")))
        if not inside:
            kept.append(line)
    return "".join(kept)


def file_only(program: Path, name: str) -> bool:
    """Whether there is nothing of an environment but its files, which are removed then."""
    path = program / f"Pulumi.{name}.yaml"
    if not path.exists() or not is_environment(path.read_text(encoding="utf-8"), name):
        return False
    removed(program, name)
    return True


@dataclass(frozen=True)
class Reaped:
    """What became of one environment: `why` is empty where it was destroyed."""

    environment: Environment
    why: str = ""
    interrupted: bool = False


def reap(backend: Backend, now: datetime, end: Callable[[Environment], int]) -> list[Reaped]:
    """End all that is over, one after the other; what fails is told, and stops nothing, but a Ctrl-C stops the rest."""
    due = [each.name for each in backend.environments() if each.is_over(now)]
    done: list[Reaped] = []
    for name in due:
        # Somebody may have brought it up again while the others went.
        again = backend.environment(name)
        if again is None or not again.is_over(now):
            continue
        try:
            code = end(again)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except (UserError, ConfigError, OSError) as error:
            done.append(Reaped(again, str(error)))
            continue
        if code == INTERRUPTED:
            done.append(Reaped(again, "interrupted", interrupted=True))
            break
        done.append(Reaped(again, "" if code == 0 else "something of it is left: see above"))
    return done
