"""How is `open` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Context, Cwd, Kubeconfig, Set, Stack, a_stack


def open_(  # noqa: PLR0917 - typer makes its options of arguments
    addon: Annotated[str, typer.Argument(help="kiali, grafana, prometheus or tracing.")],
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    port: Annotated[
        int, typer.Option("--port", metavar="NUMBER", help="Port of this machine; by default the usual one, or a free.")
    ] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether the browser is opened.")] = True,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Forward a port to an addon's page and open it in the browser, until Ctrl-C."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415 - see fairlead/__main__.py
    from fairlead.open.command import open_command  # noqa: PLC0415
    from fairlead.yaml_files.stack_reader import read_stack_file  # noqa: PLC0415

    a_stack(stack, config_file, cwd)
    program = cwd.resolve()
    stack_file = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
    open_command(stack_file, program, Named(kubeconfig, context), addon, port=port, browser=browser)
