"""Which environments does Pulumi's backend have? Asked through its CLI, with the user's state and login."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fairlead.env.environment import FIRST_UP, UNTIL, Environment, environment_of, lifecycle_of, names_of
from fairlead.env.wanted import Wanted
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.engine.engine import Engine
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Silent
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.model.objects.yaml_values import as_map

_OWNER = 60
"""Characters of it: with all else the tag stays within what Pulumi Cloud takes."""


@dataclass
class Backend:
    """The stacks of one project."""

    program: Path
    project: str

    def names(self) -> list[str]:
        return names_of(json.loads(self._ask("", "stack", "ls", "--json")))

    def environments(self) -> Iterator[Environment]:
        """Every ephemeral stack, by name."""
        for name in self.names():
            if found := self.environment(name):
                yield found

    def environment(self, name: str) -> Environment | None:
        """The ephemeral stack of this name that the backend has; None for any other stack."""
        history: list[dict[str, Any]] = json.loads(self._ask(name, "stack", "history", "--json"))
        section = lifecycle_of(history, self.project) if history else self._written(name)
        if history and not section.get("ephemeral"):
            return None
        tags: dict[str, Any] = json.loads(self._ask(name, "stack", "tag", "ls", "--json"))
        if not section.get("ephemeral") and FIRST_UP not in tags:
            return None
        return environment_of(name, section, history, tags, self._state(name))

    def begin(self, wanted: Wanted, until: datetime) -> None:
        """Have the stack of an environment, known as one from now on, whatever becomes of its first update."""
        said = {"until": until.isoformat(timespec="seconds"), "from": wanted.source}
        said |= {"gateway": wanted.entrance, "domain": wanted.domain, "owner": wanted.owner[:_OWNER]}
        self._engine(wanted.name).select()
        self._ask(wanted.name, "stack", "tag", "set", FIRST_UP, json.dumps(said, separators=(",", ":")))

    def was_never_used(self, name: str) -> bool:
        """Whether the stack of this name has neither a history nor anything in its state."""
        state = self._state(name)
        return state.is_empty and not state.pending and not json.loads(self._ask(name, "stack", "history", "--json"))

    def extend(self, name: str, until: datetime) -> None:
        self._ask(name, "stack", "tag", "set", UNTIL, until.isoformat())

    def write_config(self, name: str) -> None:
        """Write the stack file as the last update had it."""
        self._ask(name, "config", "refresh", "--force")

    def remove(self, name: str) -> None:
        """The empty stack, and with it its stack file."""
        self._ask(name, "stack", "rm", "--yes")

    def _written(self, name: str) -> dict[str, Any]:
        """What the stack file here says of one that was never updated."""
        try:
            section = read_stack_file(self.program, stack=name).own_keys().get("lifecycle")
        except UserError:
            return {}
        return as_map(section)

    def _state(self, name: str) -> Deployment:
        return Deployment(self._engine(name).exported())

    def _engine(self, name: str) -> Engine:
        return Engine(self.program, name, Silent(), project=self.project)

    def _ask(self, name: str, *arguments: str) -> str:
        of = ("--stack", name) if name else ()
        return self._engine(name).ask(*arguments, *of)
