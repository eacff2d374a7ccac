"""How is `verify` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Context, Cwd, Kubeconfig, Set, Stack, a_stack, one_of, wrong
from fairlead_mesh.keys.duration import nanoseconds

_FORMATS = ("text", "json", "markdown", "junit")


def verify(  # noqa: PLR0917 - typer makes its options of arguments
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Only list the promises and how each is tested; no cluster is asked.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="WORD", help="Only promises about this app, gateway or check. May be repeated."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Also end with 2 where a promise cannot be tested at all.")
    ] = False,
    rate: Annotated[float, typer.Option("--rate", metavar="NUMBER", help="Most requests in a second.")] = 100.0,
    most: Annotated[int, typer.Option("--most", metavar="NUMBER", help="Most requests for one promise.")] = 5000,
    written_as: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|markdown|junit", help="How the report is written.")
    ] = "text",
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Also write JUnit's XML here.")] = None,
    most_pods: Annotated[
        int, typer.Option("--most-pods", metavar="NUMBER", help="Most pods that are created to send from.")
    ] = 8,
    probe_image: Annotated[
        str | None,
        typer.Option("--probe-image", metavar="IMAGE", help="Image of these pods, with a shell and curl; a mirror's."),
    ] = None,
    from_existing: Annotated[
        str | None,
        typer.Option("--from-existing", metavar="NAMESPACE/POD", help="Create no pod: send from this one."),
    ] = None,
    tokens: Annotated[
        list[str] | None,
        typer.Option("--token", metavar="JWT", help="A signed token for requests that need one. May be repeated."),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option("--client-certificate", metavar="FILE", help="For gateways that ask for one; PEM."),
    ] = None,
    key: Annotated[Path | None, typer.Option("--client-key", metavar="FILE", help="The key of it; PEM.")] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option("--snapshot", metavar="FILE", help="A preview (preview --json) that says which cluster it is."),
    ] = None,
    observe: Annotated[
        str | None,
        typer.Option(
            "--observe", metavar="DURATION", help="Send nothing: read from Prometheus the splits that requests had."
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow a rollout: say at which second each split became true.")
    ] = False,
    within: Annotated[str, typer.Option("--within", metavar="DURATION", help="How long --watch goes on.")] = "30m",
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Send requests to a running stack and say which of its promises hold, with the evidence and, if not, the cause."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415 - see fairlead/__main__.py
    from fairlead.verify.asking import Manners  # noqa: PLC0415
    from fairlead.verify.command import Asked, verify_command  # noqa: PLC0415
    from fairlead.verify.live.live_access import Limits  # noqa: PLC0415

    a_stack(stack, config_file, cwd)
    one_of("--format", written_as, _FORMATS)
    if most_pods < 0:
        wrong(f"{most_pods} is not a number of pods", "--most-pods")
    if from_existing is not None and from_existing.count("/") != 1:
        wrong(f"{from_existing} is not a namespace and a pod, as in web/client-5d4f-x2x7q", "--from-existing")
    if rate <= 0:
        wrong(f"{rate:g} is not a number of requests in a second", "--rate")
    if most < 1:
        wrong(f"{most} is not a number of requests", "--most")
    if watch and observe:
        wrong("choose one of --watch and --observe", "--watch")
    asked = Asked(
        cwd.resolve(), stack, config_file, overrides, Named(kubeconfig, context), tuple(only or ()),
        Manners(rate, most), Limits(most_pods, probe_image or "", from_existing or ""), tuple(tokens or ()),
        certificate, key, snapshot, written_as, junit, strict, listed,
        observe=_seconds(observe, "--observe") if observe else 0.0,
        watch=_seconds(within, "--within") if watch else 0.0,
    )  # fmt: skip
    raise typer.Exit(verify_command(asked))


def _seconds(text: str, option: str) -> float:
    found = nanoseconds(text)
    if not found or found < 0:
        wrong(f"{text} is not a duration such as 5m or 90s", option)
    return found / 1e9
