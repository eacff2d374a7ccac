"""How are `up` and `down` typed? Their options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import HERE, Context, Cwd, Kubeconfig, wrong

OneStack = Annotated[
    str, typer.Option("--stack", "-s", help="Name of the stack; its config is in Pulumi.<stack>.yaml.")
]
Plan = Annotated[bool, typer.Option("--plan", help="Only say what would be repaired first; nothing is changed.")]


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without a preview and a question.")]


_NEW = 180.0
"""Seconds that the name of a new load balancer may take until it resolves everywhere."""


def up(  # noqa: PLR0917 - typer makes its options of arguments
    stack: OneStack,
    yes: Yes = False,
    plan: Plan = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take Istio's objects that exist and that nobody owns into the stack.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Then send requests to it: the exit code is that of fairlead verify.")
    ] = False,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Apply a stack with Pulumi, after repairing what an interrupted run left."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415 - see fairlead/__main__.py
    from fairlead.lifecycle.command import up_command  # noqa: PLC0415
    from fairlead.lifecycle.consent import asked  # noqa: PLC0415

    named = Named(kubeconfig, context)
    code = up_command(cwd.resolve(), stack, named, asked(plan=plan, yes=yes, adopt=adopt))
    if verify and not plan and not code:
        from fairlead.verify.asking import Manners  # noqa: PLC0415
        from fairlead.verify.command import Asked, verify_command  # noqa: PLC0415

        code = verify_command(Asked(cwd.resolve(), stack=stack, named=named, manners=Manners(patience=_NEW)))
    raise typer.Exit(code)


def down(  # noqa: PLR0917 - typer makes its options of arguments
    stack: OneStack,
    yes: Yes = False,
    plan: Plan = False,
    cluster_gone: Annotated[
        bool,
        typer.Option(
            "--cluster-gone", help="The cluster does not exist any more: remove what was on it from the state."
        ),
    ] = False,
    crds: Annotated[
        bool, typer.Option("--crds", help="Also remove Istio's CRDs, and with them every object of their kinds.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say in which order everything goes, and how long it took last time."),
    ] = False,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Destroy a stack with Pulumi, after repairing what an interrupted run left, and prove that nothing is left."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415
    from fairlead.lifecycle.command import down_command  # noqa: PLC0415
    from fairlead.lifecycle.consent import asked  # noqa: PLC0415
    from fairlead.lifecycle.down import Wanted  # noqa: PLC0415

    if crds and cluster_gone:
        wrong("they exclude each other: the CRDs are gone with the cluster", "--crds and --cluster-gone")
    wanted = Wanted(cluster_gone=cluster_gone, crds=crds, dry_run=dry_run)
    consent, named = asked(plan=plan or dry_run, yes=yes), Named(kubeconfig, context)
    raise typer.Exit(down_command(cwd.resolve(), stack, named, consent, wanted))
