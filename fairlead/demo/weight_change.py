"""Which weight does the demo change? The first route that splits requests, by a tenth of them.

Weights that a controller manages are none: `up` ignores a change of these.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, cast

from fairlead.yaml_files.stack_file import StackFile

_STEP = 10


def with_one_weight_changed(stack_file: StackFile) -> StackFile | None:
    """The stack with a tenth of the requests moved to a route's second version; None where nothing is split."""
    config = copy.deepcopy(stack_file.config)
    for app in _maps(config.get(f"{stack_file.project}:apps")):
        for route in _maps(app.get("routes")):
            weights = cast("dict[str, int]", route.get("weights") or {})
            if len(weights) > 1 and "managedBy" not in weights:
                largest = max(weights, key=lambda name: weights[name])
                other = next(name for name in weights if name != largest)
                weights[largest] -= _STEP
                weights[other] += _STEP
                return replace(stack_file, config=config)
    return None


def _maps(value: Any) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", value or [])
