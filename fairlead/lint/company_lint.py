"""What does the company say of a stack? Its profile's rules over what the program registers, at lines of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fairlead.evaluation.evaluation import evaluate
from fairlead.lint.linted import Linted, Placed, in_order, shown_path
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.positions import positions
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.company.findings import company_findings
from fairlead_mesh.company.profile import Profile
from fairlead_mesh.company.profile_file import read_profile
from fairlead_mesh.company.resources import Deployed, deployed
from fairlead_mesh.findings import ConfigError, Finding, joined
from fairlead_mesh.lint.stack.stack_items import stack_items
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.documents import UNREADABLE

_FOLDER = "policy"


def profile_named(name: str, program: Path) -> Profile:
    """The profile of a file, or of the file with this name in policy/. Raises UserError."""
    path = next((each for each in (Path(name), program / _FOLDER / f"{name}.yaml") if each.is_file()), None)
    if path is None:
        if name == "company":
            return Profile()
        raise UserError(
            f"There is no profile {name}: neither a file of this name nor {_FOLDER}/{name}.yaml exists.",
            "Name a file, or company for the rules as they are.",
        )
    try:
        return read_profile(path)
    except ConfigError as error:
        lines = (f"  {joined(each.path) or 'the file'}: {each.message}" for each in error.findings)
        raise UserError("\n".join([f"The profile {path} has keys that no profile has:", *lines])) from None
    except (OSError, *UNREADABLE) as error:
        raise UserError(f"{path} is not valid YAML: {error}", "Fix the file.") from None


def company_of(profile: Profile, stack: str) -> Callable[[Sequence[Item]], list[Finding]]:
    """What the company finds in plain objects; `stack` is the name by which its profile knows them."""
    return lambda items: [each.finding for each in company_findings(Deployed(tuple(items), ()), stack, profile)]


def with_company(linted: Linted, program: Path, stack_file: StackFile, profile: Profile) -> Linted:
    """What lint has found of a stack that can be evaluated, and what the company finds beside it."""
    snapshot = evaluate(program, stack_file)
    resources = ((each.urn, each.type, each.inputs) for each in snapshot.resources if not each.read)
    places = _origins(stack_file)
    text = positions(stack_file.path.read_text(encoding="utf-8"))
    found = [
        Placed(
            each.finding,
            shown_path(stack_file.path),
            text.of_key(places.get(each.finding.subject or ("", "", ""), ()), stack_file.project),
        )
        for each in company_findings(deployed(resources), stack_file.stack, profile)
    ]
    return Linted(in_order([*linted.found, *found]), linted.silenced, linted.looked_at)


def _origins(stack_file: StackFile) -> dict[tuple[str, str, str], tuple[str | int, ...]]:
    """Kind, namespace and name -> the part of the stack file that an object is made of."""
    config = described_mesh(stack_file)
    found = {(item.kind, item.namespace, item.name): item.origin for item in stack_items(config, [])}
    gateways = {gateway.name: ("gateways", index) for index, gateway in enumerate(config.gateways)}
    releases = {("Release", gateway.home, gateway.name): gateways[gateway.name] for gateway in config.gateways}
    addons = {("Release", each.namespace, each.role): ("addons", each.key) for each in config.addons.installed}
    return {("Release", config.istio.namespace, "istiod"): ("istio",), **releases, **addons, **found}
