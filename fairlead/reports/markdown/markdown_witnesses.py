"""By which requests can a reviewer check what is said? Each as a line for a shell with its outcomes, folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.effects.effect import Effect
from fairlead.reports.fitting import Form
from fairlead.reports.markdown.markdown_text import block, fenced
from fairlead.reports.wording import counted

_FEWER = (25, 8, 3)
_SUMMARY = "Requests that show it"


def witness_forms(sentences: Sequence[Effect]) -> list[Form]:
    """All of them, some, none."""
    shown: dict[tuple[str, str], Effect] = {}
    for each in sentences:
        if each.witness:
            shown.setdefault((each.witness.curl, each.witness.client), each)
    listed = list(shown.values())
    if not listed:
        return [lambda: ""]

    def form(most: int) -> str:
        lines = [line for each in listed[:most] for line in _lines(each)]
        left = len(listed) - most
        more = [f"# and {counted(left, 'more request')}; --format json has all of them"] if left > 0 else []
        return block(_SUMMARY, fenced("sh", [*lines, *more]))

    return [*(lambda most=most: form(most) for most in (*_FEWER, 1)), lambda: ""]


def _lines(effect: Effect) -> Iterator[str]:
    if effect.witness:
        yield f"# {effect.sentence}"
        yield f"{effect.witness.curl}  # {effect.witness.client}"
        yield f"# before: {effect.witness.before}"
        yield f"# after:  {effect.witness.after}"
