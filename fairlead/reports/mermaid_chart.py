"""How is a flowchart written for Mermaid? Nodes once each, links between them, and colours for what happens to both."""

from __future__ import annotations

import re
from collections.abc import Callable

from fairlead.comparison.comparison import How
from fairlead.terminal.printable import one_line

BOX, ROUND, HEXAGON, FRAME = ('["', '"]'), ('(["', '"])'), ('{{"', '"}}'), ('[["', '"]]')
_LONGEST = 60

# Their own letters on their own ground, and lines of middling brightness: they read on a light page and on a dark one.
_NODE_STYLES = {
    How.ADDED: "fill:#dafbe1,stroke:#1a7f37,stroke-width:3px,color:#116329",
    How.REMOVED: "fill:#ffebe9,stroke:#cf222e,stroke-dasharray:6 4,color:#82071e",
    How.CHANGED: "fill:#fff8c5,stroke:#9a6700,stroke-width:2px,color:#4d2d00",
}
_LINK_STYLES = {
    How.ADDED: "stroke:#2da44e,stroke-width:3px",
    How.REMOVED: "stroke:#e5534b,stroke-width:2px,stroke-dasharray:6 4",
    How.CHANGED: "stroke:#d4a72c,stroke-width:3px",
}
# All signs but these could mean something: end a label, open a directive or a formula, begin a list.
_SIGNS = re.compile(r"[^\w ./:,%→…()=+-]|(?<=%)[%{]|^[-+](?= )")
_NUMBERED = re.compile(r"^(\d+)([.)])")


class Chart:
    """Nodes by what they stand for, and links. `how` None is what stays."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, ...], str] = {}
        self._lines: list[str] = []
        self._hows: dict[str, How | None] = {}
        self._links: dict[tuple[str, How | None], None] = {}

    def __len__(self) -> int:
        return len(self._nodes)

    def known(self, key: tuple[str, ...]) -> str:
        """The identifier of a node that is there already; empty where it is not."""
        return self._nodes.get(key, "")

    def node(
        self, key: tuple[str, ...], label: Callable[[], str], shape: tuple[str, str] = ROUND, how: How | None = None
    ) -> str:
        """The identifier of a node, which is written when it is first asked for."""
        if key not in self._nodes:
            name = self._nodes[key] = f"n{len(self._nodes)}"
            self._lines.append(f"  {name}{shape[0]}{label()}{shape[1]}")
            self._hows[name] = how
        return self._nodes[key]

    def link(self, start: str, end: str, how: How | None, label: str = "", *, dotted: bool = False) -> None:
        line = "-.->" if dotted else "-->"
        arrow = f'{line}|"{label}"|' if label else line
        self._links[f"  {start} {arrow} {end}", how] = None

    def written(self) -> str:
        lines = ["flowchart LR", *self._lines, *(line for line, _ in self._links)]
        for how, style in _NODE_STYLES.items():
            nodes = [name for name, each in self._hows.items() if each is how]
            links = [str(number) for number, (_, each) in enumerate(self._links) if each is how]
            lines += [f"  classDef {how} {style}", f"  class {','.join(nodes)} {how}"] if nodes else []
            lines += [f"  linkStyle {','.join(links)} {_LINK_STYLES[how]}"] if links else []
        return "\n".join(lines)


def label(*lines: str) -> str:
    """Words as a label; none of their signs can end it, or mean anything to Mermaid."""
    return "<br/>".join(_escaped(line) for line in lines if line)


def _escaped(words: str) -> str:
    shown = " ".join(one_line(words).split())
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    shown = _SIGNS.sub(lambda found: f"#{ord(found[0])};", shown)
    return _NUMBERED.sub(lambda found: f"{found[1]}#{ord(found[2])};", shown)
