"""How does the command `demo` run? The stack evaluated, then put up by Helm and server-side apply or by Pulumi."""

from __future__ import annotations

from pathlib import Path

from fairlead.cluster.api_server import CONTEXT, ApiServer
from fairlead.cluster.charts import ChartSource
from fairlead.cluster.toolchain import Toolchain
from fairlead.demo import engine as pulumi_engine
from fairlead.demo.config import on_server, write_config
from fairlead.demo.demo import run_demo
from fairlead.demo.engine_demo import run_engine_demo
from fairlead.demo.opening import print_opening
from fairlead.demo.unreachable import addons_without_chart
from fairlead.demo.weight_change import with_one_weight_changed
from fairlead.evaluation.evaluation import evaluate
from fairlead.terminal.errors import UserError
from fairlead.terminal.plain_console import PlainConsole
from fairlead.yaml_files.stack_file import StackFile

_ENGINES = ("helm", "pulumi")


def demo_command(stack_file: StackFile, program: Path, *, keep: bool, engine: str | None) -> int:
    """The exit code of the demo. Raises UserError for an engine that is not known or not installed."""
    if engine not in (None, *_ENGINES):
        raise UserError(f"--engine {engine} is not supported.", f"Write one of {', '.join(_ENGINES)}.")
    console = PlainConsole()
    missing = pulumi_engine.unavailable()
    if engine == "pulumi" and missing:
        raise UserError(missing, "Install it, or run the demo with --engine helm.")
    snapshot = evaluate(program, stack_file)
    changed_file = with_one_weight_changed(stack_file)
    changed = evaluate(program, changed_file) if changed_file else None
    print_opening(stack_file, program, snapshot, changed, console)
    if engine == "helm" or missing:
        return run_demo(snapshot, changed, keep=keep, console=console)

    def write_configs(server: ApiServer, charts: Path | None) -> tuple[Path, Path | None]:
        skipped = addons_without_chart(snapshot, ChartSource(Toolchain()))
        for name, reason in skipped.items():
            console.print(f"  {name} is skipped: {reason}", soft_wrap=True)

        def config(file: StackFile, name: str) -> Path:
            there = on_server(
                file, kubeconfig=server.kubeconfig, context=CONTEXT, charts=charts, wait=False, skipped=skipped
            )
            return write_config(there, server.folder / name)

        return config(stack_file, "stack.yaml"), config(changed_file, "changed.yaml") if changed_file else None

    return run_engine_demo(snapshot, write_configs, keep=keep, console=console)
