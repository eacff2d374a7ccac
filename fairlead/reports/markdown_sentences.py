"""How do sentences stand in a comment? Traffic and risks as lists: what is much is folded, what is more summed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fairlead.effects.effect import Effect
from fairlead.reports.fitting import Form
from fairlead.reports.markdown_text import block, strong, text
from fairlead.reports.sentences import Told, fewer, risks_told, told
from fairlead.reports.wording import by_kind, counted

_MANY = 25
"""More than these are folded, so that what comes after them is seen."""
_FEWER = (50, 20, 8, 3, 1)
_MOST_SUBJECTS = 10
_TRAFFIC, _RISKS = "### Traffic", "### Risks"


def traffic_forms(effects: Sequence[Effect]) -> list[Form]:
    """What is said of traffic: all of it, some of each kind, how much it is."""
    groups = told(effects)
    number = sum(each.sentences for each in groups)
    if not groups:
        return [lambda: ""]

    def form(most: int) -> str:
        return "\n".join(line for each in fewer(groups, most) for line in _lines(each))

    def whole() -> str:
        lines = "\n".join(line for each in groups for line in _lines(each))
        return f"{form(_MANY)}\n\n{block(f'All {number:,} sentences', lines)}" if len(groups) > _MANY else lines

    some: list[Form] = [lambda most=most: f"{_TRAFFIC}\n\n{form(most)}" for most in _FEWER]
    return [lambda: f"{_TRAFFIC}\n\n{whole()}", *some, lambda: f"{_TRAFFIC}\n\n{counted(number, 'sentence')} about it."]


def risk_forms(risks: Sequence[Effect]) -> list[Form]:
    """The worst first: all of them, the worst, how many of each kind."""
    groups = risks_told(risks)
    if not groups:
        return [lambda: ""]

    def form(most: int) -> str:
        lines = [_risk(each) for each in groups[:most]]
        left = _beyond(risks, groups[:most])
        return "\n".join([*lines, *([f"- and {len(left):,} more: {by_kind(left)}"] if left else [])])

    def whole() -> str:
        rest = "\n".join(map(_risk, groups[_MANY:]))
        return f"{form(_MANY)}\n\n{block('All others', rest)}" if rest else form(_MANY)

    some: list[Form] = [lambda most=most: f"{_RISKS}\n\n{form(most)}" for most in _FEWER]
    last = f"{_RISKS}\n\n{counted(len(risks), 'risk')}: {by_kind(risks)}."
    return [lambda: f"{_RISKS}\n\n{whole()}", *some, lambda: last]


def _lines(told_once: Told | int) -> Iterator[str]:
    if isinstance(told_once, int):
        yield f"- and {told_once:,} more like {'it' if told_once == 1 else 'these'}"
    elif len(told_once.texts) == 1:
        yield f"- {_subjects(told_once)}{text(told_once.texts[0])}"
    else:
        yield f"- {_subjects(told_once).rstrip()}"
        # A dash with nothing after it would make a heading of the line before.
        yield from (f"  - {text(each)}" for each in told_once.texts if text(each))


def _subjects(group: Told) -> str:
    shown = [strong(each) for each in group.subjects[:_MOST_SUBJECTS]]
    left = len(group.subjects) - len(shown)
    words = ", ".join(each for each in shown if each) + (f" and {left:,} more" if left > 0 else "")
    return f"{words}: " if words else ""


def _beyond(risks: Iterable[Effect], groups: Sequence[Told]) -> list[Effect]:
    shown = {(subject, each.texts[0], each.hurt, each.advice) for each in groups for subject in each.subjects}
    return [each for each in risks if (each.subject, each.text, each.hurt, each.advice) not in shown]


def _risk(group: Told) -> str:
    kind = group.hurt.words if group.hurt else ""
    advice = f"  \n  → {text(group.advice)}" if group.advice else ""
    return f"- ⚠️ **{kind}**: {_subjects(group)}{text(group.texts[0])}{advice}"
