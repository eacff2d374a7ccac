"""Which values does `maturity` set? Each with its path, as one would write it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.findings import dotted
from fairlead_mesh.maturity.presets import Preset
from fairlead_mesh.maturity.steps import STEPS
from fairlead_mesh.stack import presets_of, without_secrets


def preset_lines(stack_file: StackFile) -> Iterator[str]:
    """For people; none where nothing is set."""
    found = _presets(stack_file)
    if found:
        yield f"What maturity: {stack_file.own_keys()['maturity']} sets, as the stack file says nothing of it:"
    for preset in found:
        yield f"  - {dotted(preset.path)}: {json.dumps(preset.value)} ({preset.step}, {STEPS[preset.step]})"


def preset_values(stack_file: StackFile) -> list[dict[str, Any]]:
    """For programs."""
    return [{"path": dotted(each.path), "value": each.value, "step": each.step} for each in _presets(stack_file)]


def _presets(stack_file: StackFile) -> list[Preset]:
    return presets_of(without_secrets(stack_file.own_keys(), stack_file.own_secret_keys()))
