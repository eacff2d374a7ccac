"""Which commands are there? `fairlead COMMAND`; each imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from fairlead.diff.options import diff
from fairlead.doctor.options import doctor
from fairlead.env.options import env
from fairlead.explain.options import explain
from fairlead.gate.options import gate
from fairlead.lifecycle.options import down, up
from fairlead.lint.options import lint
from fairlead.maturity.options import maturity
from fairlead.open.options import open_
from fairlead.picture.options import picture
from fairlead.project.options import init, new
from fairlead.shift.options import shift
from fairlead.terminal.errors import UserError, unwritable
from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, Stack, a_stack
from fairlead.terminal.output import whole_output
from fairlead.terminal.process_end import at_once
from fairlead.terminal.typed_command import typed_command
from fairlead.verify.options import verify
from fairlead.versions.options import versions

if TYPE_CHECKING:
    from fairlead.evaluation.snapshot import Snapshot
    from fairlead.yaml_files.stack_file import StackFile

_OF_A_CLONE = Path(__file__).parents[1] / "pyproject.toml"

app = typer.Typer(
    help="Check an Istio service mesh before it is applied, with the program that `pulumi up` runs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _told_version(asked: bool) -> None:
    if asked:
        from fairlead.project.release import installed

        typer.echo(f"fairlead {installed() or f'of the clone {_OF_A_CLONE.parent}'}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_told_version, is_eager=True)
    ] = False,
) -> None: ...


@app.command()
def preview(
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="The whole evaluation as JSON.")] = False,
) -> None:
    """Show the resources of a stack, without a cluster, an account, a network or the Pulumi CLI."""
    from fairlead.preview.command import print_json, print_tree

    stack_file = _stack_file(stack, config_file, overrides, cwd)
    snapshot = _evaluated(stack_file, cwd)
    if as_json:
        print_json(snapshot, stack_file)
    else:
        print_tree(snapshot, stack_file)


@app.command()
def render(
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder; other files in it are kept.")],
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    charts: Annotated[bool, typer.Option("--charts", help="Also render the charts, with helm template.")] = False,
) -> None:
    """Write the Kubernetes objects, Helm releases and security rules of a stack as YAML, one file each."""
    from fairlead.preview.chart_rendering import chart_renderer
    from fairlead.preview.rendering import rendered, write

    snapshot = _evaluated(_stack_file(stack, config_file, overrides, cwd), cwd)
    files = rendered(snapshot, chart_renderer(cwd.resolve()) if charts else None)
    write(files, out)
    typer.echo(f"{len(files)} files in {out}")


@app.command()
def demo(
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running and print the kubeconfig.")] = False,
    engine: Annotated[
        str | None, typer.Option("--engine", metavar="pulumi|helm", help="pulumi if it is installed, else helm.")
    ] = None,
) -> None:
    """Install a stack on a temporary Kubernetes API server, change it, destroy it, and list what is left."""
    from fairlead.demo.command import demo_command

    stack = stack or (None if config_file else "local")
    stack_file = _stack_file(stack, config_file, overrides, cwd)
    raise typer.Exit(demo_command(stack_file, cwd.resolve(), keep=keep, engine=engine))


app.command()(new)
app.command()(init)
app.command()(lint)
app.command()(diff)
app.command()(gate)
app.command()(explain)
app.command()(picture)
app.command()(shift)
app.command()(maturity)
app.command()(doctor)
app.command()(up)
app.command()(verify)
app.command()(down)
app.command()(versions)
app.command("open")(open_)
app.add_typer(env, name="env")


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Output file; defaults to standard output.")] = None,
    print_modeline: Annotated[
        bool,
        typer.Option("--print-modeline", help="Print a stack file's line for editors; of --out, if set."),
    ] = False,
    store: Annotated[bool, typer.Option("--schemastore", help="In the form that schemastore.org takes.")] = False,
) -> None:
    """Print the JSON schema of stack files, with which editors complete and check keys."""
    from fairlead.reference.schema import schema_text
    from fairlead.reference.schema_forms import modeline, store_schema_text

    text = store_schema_text() if store else schema_text()
    if print_modeline:
        typer.echo(modeline(out))
    elif out is None:
        typer.echo(text, nl=False)
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise unwritable(out, error, "Name another file with --out.") from None


def _stack_file(stack: str | None, config_file: Path | None, overrides: list[str] | None, cwd: Path) -> StackFile:
    from fairlead.yaml_files.stack_reader import read_stack_file

    a_stack(stack, config_file, cwd)
    return read_stack_file(cwd.resolve(), stack=stack, config_file=config_file, overrides=overrides)


def _evaluated(stack_file: StackFile, cwd: Path) -> Snapshot:
    from fairlead.evaluation.evaluation import evaluate

    return evaluate(cwd.resolve(), stack_file)


def main() -> None:
    """Run the command line; what only the user can fix ends in one message and exit code 1."""
    # A clone's own code runs where it is; and to look for packages takes as long as all other imports together.
    if not _OF_A_CLONE.is_file():
        from fairlead.project.start import started_where_it_belongs

        started_where_it_belongs(sys.argv[1:])
    try:
        with whole_output():
            typed_command(app, sys.argv[1:])(prog_name="fairlead")
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
    except SystemExit as ended:
        # Typer makes of a Ctrl-C that no command has a word for an exit code, and no word either.
        if isinstance(getattr(ended.__context__, "__cause__", None), KeyboardInterrupt):
            typer.echo("Interrupted.", err=True)
        raise


def run() -> NoReturn:
    """The same for a process of its own."""
    at_once(main)


if __name__ == "__main__":
    run()
