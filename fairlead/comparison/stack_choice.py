"""Which stack is asked for, and where is its program?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairlead.yaml_files.stack_file import StackFile, read_stack_file


@dataclass(frozen=True)
class StackChoice:
    """Which stack of a program: by name or by a stack file relative to the program's folder, with overrides."""

    stack: str | None = None
    config_file: Path | None = None
    overrides: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.stack or (self.config_file.stem.removeprefix("Pulumi.") if self.config_file else "")

    def file(self, program: Path) -> Path:
        return program / (self.config_file or f"Pulumi.{self.stack}.yaml")

    def read(self, program: Path) -> StackFile:
        return read_stack_file(
            program,
            stack=self.stack,
            config_file=self.file(program) if self.config_file else None,
            overrides=list(self.overrides),
        )

    def options(self, program: Path) -> list[str]:
        """The same, for the command line."""
        chosen = ["--config-file", str(self.file(program))] if self.config_file else ["--stack", str(self.stack)]
        return [*chosen, *(part for each in self.overrides for part in ("--set", each))]


@dataclass(frozen=True)
class Source:
    """Where a side comes from: what people call it, the folder of its program, and the stack there."""

    label: str
    program: Path
    asked: StackChoice

    @property
    def has_stack_file(self) -> bool:
        return self.asked.file(self.program).is_file()
