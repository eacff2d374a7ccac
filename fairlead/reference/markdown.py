"""How does a docstring become Markdown? As one line in which nothing is read as markup by accident."""

from __future__ import annotations


def escaped(text: str | None) -> str:
    """One line, in which only what stands in backticks may hold signs that Markdown reads."""
    parts = " ".join((text or "").split()).replace("|", r"\|").split("`")
    return "`".join(part if number % 2 else _literal(part) for number, part in enumerate(parts))


def _literal(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", r"\*")
