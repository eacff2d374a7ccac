"""How is a drawing put on a page? One HTML file with search and the objects' YAML, which loads nothing."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from fairlead.picture.drawing.style import drawing_style, page_style
from fairlead.picture.layout.lane_layout import lane_styles
from fairlead.picture.layout.lettering import legible
from fairlead.picture.model.model import Picture

_SCRIPT = Path(__file__).parent / "script.js"


def page(picture: Picture, drawing: str) -> str:
    """The page around the `<svg>` element."""
    # The parser of HTML takes the line break after <script> and <style> for content: so there is none.
    return _PAGE.format(
        policy=_policy(),
        style=page_style(),
        stack=escape(legible(picture.stack)),
        lanes="\n".join(_lanes(picture)),
        drawing=drawing.rstrip(),
        objects=_inside_script(json.dumps([[each.title, each.text] for each in picture.sources])),
        script=_script(),
    )


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def _policy() -> str:
    """Nothing may be loaded, and only these very styles and this very script count."""
    styles = " ".join(_hash(text) for text in (page_style(), drawing_style()))
    return f"default-src 'none'; style-src {styles}; script-src {_hash(_script())}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _inside_script(text: str) -> str:
    """JSON that cannot end the element around it."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _lanes(picture: Picture) -> Iterator[str]:
    """A button for each entrance that leads somewhere."""
    strands = [strand for quarter in picture.quarters for app in quarter.apps for strand in app.strands]
    used = {key for strand in strands for key in strand.entrances}
    for number, (entrance, style) in enumerate(zip(picture.entrances, lane_styles(picture.entrances), strict=True)):
        if entrance.key in used:
            title = escape(legible(entrance.title))
            attributes = f'class="lane-key {style}" data-lane="{number}" aria-pressed="false" title="{title}"'
            yield f'<button type="button" {attributes}>{title}</button>'


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{stack}: the mesh</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{stack}</h1>
<input type="search" aria-label="Search apps" placeholder="App, host, namespace, path  ( / )"
 autocomplete="off" spellcheck="false">
<output aria-live="polite"></output>
<span class="group" role="group" aria-label="Only what comes in through">{lanes}</span>
<span class="grow"></span>
<span class="group" role="group" aria-label="Size">
<button type="button" data-zoom="0.8" aria-label="Smaller">&minus;</button>
<button type="button" data-zoom="0" aria-label="As wide as the window">Fit</button>
<button type="button" data-zoom="1.25" aria-label="Larger">+</button>
</span>
<button type="button" id="theme" aria-pressed="false">Dark</button>
</header>
<div class="content">
<main>
{drawing}
</main>
<aside hidden aria-label="Objects">
<div class="bar"><h2></h2><button type="button" aria-label="Close">Close</button></div>
<div class="objects"></div>
</aside>
</div>
<script type="application/json" id="objects">{objects}</script>
<script>{script}</script>
</body>
</html>
"""
