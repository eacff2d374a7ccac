"""Are rules created only where nothing covers them yet? Then a preview without an account cannot know which."""

from __future__ import annotations

from fairlead.evaluation.snapshot import Snapshot
from fairlead.yaml_files.stack_file import StackFile

_RULES = "fairlead:securityRules"


def rules_looked_up(snapshot: Snapshot, stack_file: StackFile) -> bool:
    """Whether the program asks AWS which of its security rules are open already."""
    return bool(snapshot.lookups) and stack_file.config.get(_RULES, "auto") == "auto"
