"""Which objects does a release's chart hold? Asked of `helm template`; a chart that cannot be had is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairlead.cluster.charts import ChartSource, ChartUnavailableError, template
from fairlead.cluster.helm import Helm
from fairlead.cluster.toolchain import Toolchain
from fairlead.evaluation.masking import masked
from fairlead.evaluation.snapshot import Resource
from fairlead.preview.rendering import ChartObjects
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.progress import ConsoleProgress


def chart_renderer(program: Path) -> ChartObjects:
    """Renders the chart of a release of the program in that folder.

    Says on standard error which chart stood in or was left out, and why.
    """
    console = PlainConsole(stderr=True)
    toolchain = Toolchain(ConsoleProgress(console))
    helm, charts = Helm(toolchain.helm()), ChartSource(toolchain, program)

    def objects(release: Resource) -> list[dict[str, Any]]:
        try:
            chart = charts.find(release.inputs)
        except ChartUnavailableError as error:
            console.print(f"{release.name}: left out, {error.message}", soft_wrap=True)
            return []
        if chart.stands_in:
            console.print(f"{release.name}: {chart.stands_in}", soft_wrap=True)
        return [masked(each) for each in template(release.inputs, chart, helm)]

    return objects
