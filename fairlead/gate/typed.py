"""Which gate is typed? What is wrong with its options ends the command as a wrong use."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from fairlead.gate.gate import Gate, gate_of
from fairlead.terminal.errors import UserError

_WRONG_USE = 2


def typed_gate(fail_on: str, allow: Sequence[str]) -> Gate:
    """The gate that --fail-on and --allow mean."""
    try:
        return gate_of(fail_on, allow)
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(_WRONG_USE) from None
