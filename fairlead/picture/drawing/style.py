"""Which colours and letters does the picture have? By day and by night, as one style sheet for drawing and page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fairlead.picture.layout.lettering import FACES

_HERE = Path(__file__).parent

LIGHT = {
    "ground": "#f6f7f9",
    "area": "#eceff4",
    "card": "#ffffff",
    "rim": "#d3dae3",
    "ink": "#18212d",
    "quiet": "#536072",
    "bar": "#e3e8ee",
    "focus": "#1f5fd0",
    "good": "#17633a",
    "good-ground": "#dff2e6",
    "warn": "#83470a",
    "warn-ground": "#fcecd3",
    "lane-0": "#2b50b5",
    "lane-1": "#b1461d",
    "lane-2": "#0c7568",
    "lane-3": "#8438b4",
    "lane-4": "#8f6410",
    "lane-5": "#b81f55",
    "lane-mesh": "#61708a",
    "version-0": "#189384",
    "version-1": "#dd9a22",
    "version-2": "#7e62d1",
    "version-3": "#d35b84",
    "version-4": "#3d93d3",
    "version-5": "#7f8f31",
}
DARK = {
    "ground": "#10151c",
    "area": "#161d26",
    "card": "#1d2631",
    "rim": "#344252",
    "ink": "#e7ecf3",
    "quiet": "#a3b2c4",
    "bar": "#2a3644",
    "focus": "#7fb0ff",
    "good": "#93e2b4",
    "good-ground": "#173a2a",
    "warn": "#f6cb86",
    "warn-ground": "#3f2e13",
    "lane-0": "#82a5ff",
    "lane-1": "#ff9f70",
    "lane-2": "#4fd0bd",
    "lane-3": "#cb97ee",
    "lane-4": "#e2b95c",
    "lane-5": "#ff82ac",
    "lane-mesh": "#a4b3c6",
    "version-0": "#34bfaf",
    "version-1": "#efb849",
    "version-2": "#a78df0",
    "version-3": "#ec84a5",
    "version-4": "#69b9ee",
    "version-5": "#b0c05a",
}
_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace'


@cache
def drawing_style() -> str:
    """The style sheet inside the SVG, which follows the reader's choice of light or dark."""
    dark = f"@media (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    light = f"@media print{{:root{{{_variables(LIGHT)}}}}}"
    return "\n".join([f":root{{{_variables(LIGHT)}}}", dark, light, *_faces(), *_colours(), _sheet("drawing.css")])


@cache
def page_style() -> str:
    """The style sheet of the page around it; its toggle overrules the reader's system, but not on paper."""
    chosen = [
        f':root[data-theme="{name}"]{{{_variables(colours)}}}' for name, colours in (("light", LIGHT), ("dark", DARK))
    ]
    return "\n".join(
        [f"@media screen{{{' '.join(chosen)}}}", f":root{{--sans:{_SANS};--mono:{_MONO}}}", _sheet("page.css")]
    )


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


def _faces() -> list[str]:
    return [
        f".mesh .{name}{{font:{600 if face.bold else 400} {face.size:g}px {_MONO if face.mono else _SANS}}}"
        for name, face in FACES.items()
    ]


def _colours() -> list[str]:
    lanes = [name for name in LIGHT if name.startswith("lane-")]
    versions = [name.removeprefix("version-") for name in LIGHT if name.startswith("version-")]
    return [
        *(f".mesh line.{lane}{{stroke:var(--{lane})}}" for lane in lanes),
        *(f".mesh rect.{lane},.mesh circle.{lane}{{fill:var(--{lane})}}" for lane in lanes),
        *(f".mesh .fill-{place}{{fill:var(--version-{place})}}" for place in versions),
        *(f".mesh .stroke-{place}{{stroke:var(--version-{place})}}" for place in versions),
    ]


@cache
def _sheet(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").strip()
