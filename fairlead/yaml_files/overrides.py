"""How is one value of a stack file replaced? By the path that findings print: `apps[1].routes[0].weights.v1=80`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, cast

from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile, qualified
from fairlead.yaml_files.yaml_text import YamlProblemError, from_yaml

EXAMPLE = "apps[1].routes[0].weights.v1=80"
_STEP = re.compile(
    r"""(?:^|\.)(?P<key>[^.\[\]="']+) | \[(?P<place>\d+)\] | \[(?P<quote>["'])(?P<quoted>.+?)(?P=quote)\]""", re.VERBOSE
)
_LONGEST = 50
Step = str | int


def override(stack_file: StackFile, text: str) -> None:
    """`cluster.kubeconfig.context=kind` sets that one value; the value is read as YAML. Raises UserError.

    An item of a list is named by its place, `apps[0]` or `apps.0`, or by its name, `apps.shop`; a key that holds a dot
    as `labels["example.com/team"]`.
    """
    steps, value = _parted(text)
    first = str(steps[0])
    path: list[Step] = [qualified(first, stack_file.project), *steps[1:]]
    holder: Any = stack_file.config
    for step, following in pairwise(path):
        holder = _into(holder, step, following, text)
    _set(holder, path[-1], _read(value, text), text)


def _parted(text: str) -> tuple[list[Step], str]:
    """The steps of the path, and what stands behind the equals sign."""
    steps: list[Step] = []
    end = 0
    while found := _STEP.match(text, end):
        steps.append(int(found["place"]) if found["place"] else found["quoted"] or found["key"].strip())
        end = found.end()
    if not steps or text[end : end + 1] != "=" or isinstance(steps[0], int) or len(steps) > _LONGEST:
        raise UserError(
            f"--set {text} is not path=value.",
            f"Write the path as findings print it, in quotes for the shell: --set '{EXAMPLE}'",
        )
    return steps, text[end + 1 :]


def _into(holder: Any, step: Step, following: Step, text: str) -> Any:
    """What a step leads to; made where nothing is there yet."""
    empty: Any = [] if isinstance(following, int) else {}
    if isinstance(holder, list):
        items = cast("list[Any]", holder)
        place = _place(items, step, text)
        if place == len(items):
            items.append(empty)
        inner = items[place]
    else:
        if holder.get(str(step)) is None:
            holder[str(step)] = empty
        inner = holder[str(step)]
    if not isinstance(inner, dict | list):
        raise UserError(f"--set {text}: {step} is a plain value, so it has no {following}.", "Shorten the path.")
    return cast("Any", inner)


def _place(items: list[Any], step: Step, text: str) -> int:
    """Of an item of a list, by its place or its name; the place behind the last is that of a new one."""
    if isinstance(step, int) or step.isdigit():
        if int(step) <= len(items):
            return int(step)
    else:
        for place, item in enumerate(items):
            if isinstance(item, dict) and cast("dict[str, Any]", item).get("name") == step:
                return place
    there = f"its items are 0 to {len(items) - 1}" if items else "it has none"
    raise UserError(
        f"--set {text}: the list has no item {step}; {there}.", "Use the name of an item, or its index from 0."
    )


def _read(value: str, text: str) -> Any:
    try:
        return from_yaml(value)
    except YamlProblemError as error:
        raise UserError(
            f"--set {text}: the value is not valid YAML: {error.problem.message}.", f"{error.problem.remedy}"
        ) from None


def _set(holder: Any, step: Step, value: Any, text: str) -> None:
    if not isinstance(holder, list):
        holder[str(step)] = value
        return
    items = cast("list[Any]", holder)
    if isinstance(step, str) and not step.isdigit():
        raise UserError(f"--set {text} would replace a whole item of a list.", "Add one of its keys to the path.")
    place = _place(items, step, text)
    items[place : place + 1] = [value]
