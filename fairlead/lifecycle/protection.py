"""May this stack be destroyed? Not while its stack file protects it, nor while its last `up` did."""

from __future__ import annotations

from fairlead.evaluation.snapshot import Snapshot
from fairlead.lifecycle.deployment import Deployment
from fairlead.terminal.errors import UserError
from fairlead_mesh.lifecycle import still_protected


def unprotected(snapshot: Snapshot, state: Deployment) -> None:
    """Raises UserError where the program protects a resource or the state has one that is protected."""
    wanted = any(each.options.get("protect") for each in snapshot.resources)
    if wanted or state.is_protected:
        raise UserError(*still_protected(snapshot.stack))
