"""How does a line of a log become an annotation of a pull request? As a command of GitHub's workflow log."""

from __future__ import annotations

from fairlead.terminal.printable import printable


def annotation(level: str, title: str, message: str, **properties: str) -> str:
    """An `error`, `warning` or `notice`."""
    written = ",".join(f"{key}={_property(value)}" for key, value in {**properties, "title": title}.items())
    return f"::{level} {written}::{_data(message)}"


def _data(text: str) -> str:
    # A log shows colours, and what else a terminal understands.
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
