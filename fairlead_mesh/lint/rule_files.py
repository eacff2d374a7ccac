"""Which files hold rules? Those over the stack file are named for it; whoever judges plain YAML needs none of them, nor
the model of the config that they bring along."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

from fairlead_mesh.lint import __path__ as lint_folder

_RULES, _OF_CONFIG = "_rules", "_config_rules"


def rule_files(*, of_config: bool) -> tuple[ModuleType, ...]:
    """The files of rules over the config, or over objects. Importing one registers its rules; by name, so that their
    order is the same everywhere."""
    names = sorted(
        file.name for file in walk_packages(lint_folder, "fairlead_mesh.lint.") if file.name.endswith(_RULES)
    )
    return tuple(import_module(name) for name in names if name.endswith(_OF_CONFIG) == of_config)
