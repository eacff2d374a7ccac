"""How do sentences stand in a comment? Traffic and risks as lists: what is much is folded, what is more summed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.effects.effect import Effect, Grade
from fairlead.reports.fitting import Form
from fairlead.reports.markdown.markdown_text import block, strong, text
from fairlead.reports.sentences import Told, by_subject, fewer, one_by_one
from fairlead.reports.wording import counted, graded

_MANY = 25
"""More than these are folded, so that what comes after them is seen."""
_FEWER = (50, 20, 8, 3, 1)
_MOST_SUBJECTS = 10
_MARKS = {Grade.HIGH: "🔴", Grade.MEDIUM: "🟠", Grade.LOW: "🟡", Grade.INFO: "⚪"}
_TRAFFIC, _RISKS = "### Traffic", "### Risks"


def traffic_forms(sentences: Sequence[Effect]) -> list[Form]:
    """What happens to requests: all of it, some of each kind, how much it is."""
    groups = by_subject(sentences)
    number = sum(len(each.sentences) for each in groups)
    if not groups:
        return [lambda: ""]

    def form(most: int) -> str:
        return "\n".join(line for each in fewer(groups, most) for line in _lines(each))

    def whole() -> str:
        lines = "\n".join(line for each in groups for line in _lines(each))
        return f"{form(_MANY)}\n\n{block(f'All {number:,} sentences', lines)}" if len(groups) > _MANY else lines

    some: list[Form] = [lambda most=most: f"{_TRAFFIC}\n\n{form(most)}" for most in _FEWER]
    last = f"{_TRAFFIC}\n\n{counted(number, 'sentence')} about it: {graded(sentences)}."
    return [lambda: f"{_TRAFFIC}\n\n{whole()}", *some, lambda: last]


def risk_forms(sentences: Sequence[Effect]) -> list[Form]:
    """The rest, the worst first: all of it, the worst of it, how much of each grade."""
    groups = one_by_one(sentences)
    if not groups:
        return [lambda: ""]

    def form(most: int) -> str:
        lines = [line for each in groups[:most] for line in _lines(each, is_graded=True)]
        left = [sentence for each in groups[most:] for sentence in each.sentences]
        return "\n".join([*lines, *([f"- and {len(left):,} more: {graded(left)}"] if left else [])])

    def whole() -> str:
        rest = "\n".join(line for each in groups[_MANY:] for line in _lines(each, is_graded=True))
        return f"{form(_MANY)}\n\n{block('All others', rest)}" if rest else form(_MANY)

    some: list[Form] = [lambda most=most: f"{_RISKS}\n\n{form(most)}" for most in _FEWER]
    last = f"{_RISKS}\n\n{counted(len(sentences), 'sentence')}: {graded(sentences)}."
    return [lambda: f"{_RISKS}\n\n{whole()}", *some, lambda: last]


def _lines(told: Told | Sequence[Effect], *, is_graded: bool = False) -> Iterator[str]:
    if not isinstance(told, Told):
        grades = f": {graded(told)}" if any(each.hurt for each in told) else ""
        yield f"- and {len(told):,} more like {'it' if len(told) == 1 else 'these'}{grades}"
        return
    subjects = _subjects(told)
    if len(told.said) == 1:
        yield _sentence("- ", told.said[0], subjects, is_graded=is_graded)
        return
    yield f"- {subjects.rstrip()}"
    # A dash with nothing after it would make a heading of the line before.
    yield from (_sentence("  - ", each) for each in told.said if each.hurt or text(each.text))


def _sentence(dash: str, effect: Effect, subjects: str = "", *, is_graded: bool = False) -> str:
    advice = f"  \n{' ' * len(dash)}→ {text(effect.advice)}" if effect.hurt and text(effect.advice) else ""
    grade = f"{_MARKS[effect.grade]} **{effect.grade}** · " if effect.hurt or is_graded else ""
    how = f"{effect.hurt.words} · " if effect.hurt else ""
    return f"{dash}{grade}{how}{subjects}{text(effect.text)}{advice}"


def _subjects(group: Told) -> str:
    shown = [strong(each) for each in group.subjects[:_MOST_SUBJECTS]]
    left = len(group.subjects) - len(shown)
    words = ", ".join(each for each in shown if each) + (f" and {left:,} more" if left > 0 else "")
    return f"{words}: " if words else ""
