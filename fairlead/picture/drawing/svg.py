"""How is a drawing written as SVG? One file that needs no script, no font and no other file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from fairlead.picture.drawing.shapes import Box, Dot, Group, Shape, Stroke, Words
from fairlead.picture.drawing.style import drawing_style
from fairlead.picture.layout.lettering import legible
from fairlead.picture.layout.page_layout import Drawing
from fairlead.picture.model.model import Picture


def svg(picture: Picture, drawing: Drawing) -> str:
    """The `<svg>` element: valid XML, and valid inside of HTML too."""
    size = {"viewBox": f"0 0 {_number(drawing.width)} {_number(drawing.height)}"}
    size |= {"width": _number(drawing.width), "height": _number(drawing.height)}
    names = {"role": "group", "aria-labelledby": "picture-title picture-desc", "class": "mesh"}
    opening = _tag("svg", {"xmlns": "http://www.w3.org/2000/svg"} | size | names)
    title = f'<title id="picture-title">{_text(f"The mesh of the stack {picture.stack}")}</title>'
    desc = f'<desc id="picture-desc">{_text(picture.summary)}</desc>'
    style = f"<style>{drawing_style()}</style>"
    ground = Box(0, 0, drawing.width, drawing.height, "ground")
    lines = [opening, title, desc, style, *_shapes((ground, *drawing.shapes)), "</svg>"]
    return "\n".join(lines) + "\n"


def _shapes(shapes: tuple[Shape, ...] | list[Shape]) -> Iterator[str]:
    for shape in shapes:
        yield from _shape(shape)


def _shape(shape: Shape) -> Iterator[str]:
    match shape:
        case Group():
            yield from _group(shape)
        case Box():
            sides = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
            corner = {"rx": _number(shape.radius)} if shape.radius else {}
            yield _tag("rect", {"class": shape.style} | _numbers(sides) | corner, closed=True)
        case Words():
            yield _words(shape)
        case Dot():
            yield _tag("circle", {"class": shape.style} | _numbers({"cx": shape.x, "cy": shape.y, "r": shape.radius}),
                       closed=True)  # fmt: skip
        case Stroke():
            yield _stroke(shape)


def _group(group: Group) -> Iterator[str]:
    attributes: dict[str, str] = {}
    if group.style:
        attributes["class"] = f"{group.style} pick" if group.objects else group.style
    if group.x or group.y:
        attributes["transform"] = f"translate({_number(group.x)} {_number(group.y)})"
    label = legible(group.label)
    if group.objects:
        attributes |= {"tabindex": "0", "role": "button", "aria-label": label}
        attributes["data-objects"] = " ".join(map(str, group.objects))
    attributes |= {f"data-{key}": legible(value) for key, value in group.data.items()}
    yield _tag("g", attributes)
    if label:
        yield f"<title>{_text(label)}</title>"
    yield from _shapes(list(group.shapes))
    yield "</g>"


def _words(words: Words) -> str:
    attributes = {"class": " ".join(part for part in (words.style, words.tone) if part)}
    attributes |= _numbers({"x": words.x, "y": words.y})
    if words.at_end:
        attributes["text-anchor"] = "end"
    whole = f"<title>{_text(words.whole)}</title>" if words.whole else ""
    return f"{_tag('text', attributes)}{whole}{_text(words.text)}</text>"


def _stroke(stroke: Stroke) -> str:
    attributes = {"class": stroke.style, "stroke-width": _number(stroke.width)}
    if not stroke.curved:
        ends = {"x1": stroke.x1, "y1": stroke.y1, "x2": stroke.x2, "y2": stroke.y2}
        return _tag("line", attributes | _numbers(ends), closed=True)
    half = (stroke.x1 + stroke.x2) / 2
    places = [stroke.x1, stroke.y1, half, stroke.y1, half, stroke.y2, stroke.x2, stroke.y2]
    path = "M{} {}C{} {} {} {} {} {}".format(*map(_number, places))
    return _tag("path", attributes | {"d": path}, closed=True)


def _tag(name: str, attributes: Mapping[str, str], *, closed: bool = False) -> str:
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}{'/' if closed else ''}>"


def _numbers(values: Mapping[str, float]) -> dict[str, str]:
    return {key: _number(value) for key, value in values.items()}


def _number(value: float) -> str:
    return f"{round(value, 1):.10g}"


def _text(text: str) -> str:
    return escape(text, quote=False)
