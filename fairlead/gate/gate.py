"""Which risks of a change stop it? Those of the classes that a pipeline fails on, unless somebody lets them through.

A class is let through with a reason or not at all, and a comparison that could not be made stops as well: nothing is
known about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.effects.effect import Hurt
from fairlead.terminal.errors import UserError
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

CLASSES = {
    Hurt.INTERRUPTS: "interrupts",
    Hurt.EXPOSES: "exposes",
    Hurt.REFUSES: "rejects",
    Hurt.REPLACES: "replaces",
    Hurt.DELETES: "deletes",
    Hurt.CONTROL_PLANE: "control-plane",
    Hurt.RESTARTS: "restarts",
}
"""How each risk class is typed; in JSON it has the words of the report."""
STOPPED, NOT_COMPARED = 3, 1
_BY_NAME = {name: hurt for hurt, name in CLASSES.items()}
_BY_WORDS = {hurt.words: hurt for hurt in Hurt}
_FORM = "Write --allow 'interrupts: why it may happen'."


@dataclass(frozen=True)
class Risk:
    """A sentence of a report that could hurt."""

    stack: str
    hurt: Hurt
    sentence: str
    advice: str

    @property
    def name(self) -> str:
        return CLASSES[self.hurt]


@dataclass(frozen=True)
class Decision:
    """What a gate makes of a change: `stopping` and `passed` are risks of its classes, `reasons` say why a class is let
    through, `not_compared` which stacks could not be compared and why."""

    stopping: tuple[Risk, ...]
    passed: tuple[Risk, ...]
    reasons: Mapping[str, str]
    classes: tuple[str, ...]
    not_compared: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        if self.not_compared:
            return NOT_COMPARED
        return STOPPED if self.stopping else 0


@dataclass(frozen=True)
class Gate:
    """The classes that stop a change, and those that are let through, each with the reason."""

    classes: tuple[Hurt, ...]
    allowed: Mapping[Hurt, str]

    def decision(self, reports: Sequence[Mapping[str, Any]]) -> Decision:
        """What becomes of a change with these reports, as `diff --format json` writes them."""
        risks = [each for report in reports for each in _risks(report) if each.hurt in self.classes]
        return Decision(
            tuple(each for each in risks if each.hurt not in self.allowed),
            tuple(each for each in risks if each.hurt in self.allowed),
            {CLASSES[hurt]: reason for hurt, reason in self.allowed.items()},
            tuple(CLASSES[each] for each in self.classes),
            tuple(f"{report.get('stack')}: {report['notCompared']}" for report in reports if report.get("notCompared")),
        )


def _risks(report: Mapping[str, Any]) -> Iterable[Risk]:
    for each in as_maps(report.get("risks")):
        if hurt := _BY_WORDS.get(str(each.get("hurt"))):
            sentence = f"{each.get('subject')}: {each.get('text')}"
            yield Risk(str(report.get("stack")), hurt, sentence, str(each.get("advice") or ""))


def gate_of(fail_on: str, allow: Sequence[str]) -> Gate:
    """The gate that the options mean: `interrupts,exposes`, and `interrupts: reason`. Raises UserError with all that is
    wrong with them."""
    problems: list[str] = []
    classes = [_class(word, "--fail-on", problems) for word in fail_on.split(",") if word.strip()]
    if not classes:
        problems.append(f"--fail-on names no class; the classes are {', '.join(_BY_NAME)}")
    allowed: dict[Hurt, str] = {}
    for each in allow:
        word, _, reason = each.partition(":")
        if not reason.strip():
            problems.append(f"--allow {each}: a class is let through with a reason")
        elif hurt := _class(word, "--allow", problems):
            allowed[hurt] = reason.strip()
    if problems:
        raise UserError(f"{'; '.join(problems)}.", _FORM if any("--allow" in each for each in problems) else "")
    return Gate(tuple(dict.fromkeys(each for each in classes if each)), allowed)


def _class(word: str, option: str, problems: list[str]) -> Hurt | None:
    name = word.strip().lower()
    if name not in _BY_NAME:
        close = nearest(name, _BY_NAME)
        hint = f"did you mean {close}?" if close else f"the classes are {', '.join(_BY_NAME)}"
        problems.append(f"{option} {word.strip()}: there is no risk class of this name; {hint}")
    return _BY_NAME.get(name)


def reports_of(document: Any) -> list[dict[str, Any]] | None:
    """The reports in a document of `diff --format json`, one or several; None where it is none."""
    listed = as_maps(as_map(document).get("stacks")) or [as_map(document)]
    return listed if all(isinstance(each.get("risks"), list) for each in listed) else None
