"""Which stack is asked for, and where is its program?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import stack_file_with_strays


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
        """As Pulumi reads it: what stands where nobody reads it is for lint to tell, on both sides."""
        stack_file, _ = stack_file_with_strays(
            program,
            stack=self.stack,
            config_file=self.file(program) if self.config_file else None,
            overrides=list(self.overrides),
        )
        return stack_file

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
