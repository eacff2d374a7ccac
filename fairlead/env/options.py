"""How are the commands of `fairlead env` typed? Their options, with the words that `--help` has for them."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from fairlead.lifecycle.options import Yes
from fairlead.terminal.options import HERE, Context, Cwd, Kubeconfig, one_of, wrong

env = typer.Typer(
    help="Bring short-lived environments up and down: stacks of their own, made from the file of another one.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the environment, such as pr-123.")]
Form = Annotated[str, typer.Option("--format", metavar="text|json", help="How the report is written.")]
_FORMS = ("text", "json")


@env.command()
def up(  # noqa: PLR0917 - typer makes its options of arguments
    name: Name,
    source: Annotated[str, typer.Option("--from", metavar="STACK", help="The stack that it is made from.")],
    gateway: Annotated[
        str, typer.Option("--gateway", metavar="shared|own", help="Use the gateways of that stack, or copies of them.")
    ] = "shared",
    domain: Annotated[
        str, typer.Option("--domain", help="Domain for apps that serve every host there: NAME.DOMAIN.")
    ] = "",
    ttl: Annotated[
        str | None, typer.Option("--ttl", help="How long it lives after its last up, such as 8h, the default.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who answers for it; defaults to you.")] = None,
    image: Annotated[
        list[str] | None,
        typer.Option("--image", metavar="APP=IMAGE", help="Image of a workload under objects. May be repeated."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Set a value of the new stack file. May be repeated."),
    ] = None,
    yes: Yes = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print the stack file; nothing is written or changed.")] = False,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Make the stack file of an environment from that of another stack, apply it, and print its URLs."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415 - see fairlead/__main__.py
    from fairlead.env.command import up_environment  # noqa: PLC0415
    from fairlead.env.wanted import Wanted  # noqa: PLC0415
    from fairlead.lifecycle.consent import asked  # noqa: PLC0415

    one_of("--gateway", gateway, ("shared", "own"))
    _duration("--ttl", ttl)
    wanted = Wanted(
        name,
        source,
        "own" if gateway == "own" else "shared",
        domain,
        ttl or "",
        owner or getpass.getuser(),
        _images(image or []),
        tuple(overrides or ()),
    )
    raise typer.Exit(
        up_environment(cwd.resolve(), wanted, Named(kubeconfig, context), asked(plan=plan, yes=yes)),
    )


@env.command("list")
def list_(form: Form = "text", cwd: Cwd = HERE) -> None:
    """List the environments: owner, age, time left, load balancers that cost money."""
    from fairlead.env.command import list_environments  # noqa: PLC0415

    one_of("--format", form, _FORMS)
    raise typer.Exit(list_environments(cwd.resolve(), form))


@env.command()
def extend(
    name: Name,
    duration: Annotated[str, typer.Argument(metavar="DURATION", help="How much longer it lives, such as 4h.")],
    cwd: Cwd = HERE,
) -> None:
    """Move the end of an environment."""
    from fairlead.env.command import extend_environment  # noqa: PLC0415

    _duration("DURATION", duration)
    raise typer.Exit(extend_environment(cwd.resolve(), name, duration))


@env.command()
def down(  # noqa: PLR0917
    name: Name,
    yes: Yes = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be repaired first.")] = False,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Destroy an environment as `down` does, then remove its stack and its stack file."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415
    from fairlead.env.command import down_environment  # noqa: PLC0415
    from fairlead.lifecycle.consent import asked  # noqa: PLC0415

    raise typer.Exit(down_environment(cwd.resolve(), name, Named(kubeconfig, context), asked(plan=plan, yes=yes)))


@env.command("reap")
def reap(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which ones are over.")] = False,
    form: Form = "text",
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Destroy every environment whose time is over, without a question: for cron."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415
    from fairlead.env.command import reap_environments  # noqa: PLC0415

    one_of("--format", form, _FORMS)
    raise typer.Exit(reap_environments(cwd.resolve(), Named(kubeconfig, context), form, dry_run=dry_run))


def _duration(option: str, text: str | None) -> None:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    from fairlead_mesh.keys.scalars import Duration, seconds  # noqa: PLC0415

    if text is None:
        return
    try:
        TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        wrong(f"{text} is not a duration: write one such as 8h or 1h30m", option)
    if seconds(text) == 0:
        wrong(f"{text} is no time at all: write one such as 8h", option)


def _images(said: list[str]) -> dict[str, str]:
    images: dict[str, str] = {}
    for each in said:
        name, equals, image = each.partition("=")
        if not (name and equals and image):
            wrong(f"{each} is not APP=IMAGE, such as shop=registry.example.com/shop:1.2", "--image")
        images[name] = image
    return images
