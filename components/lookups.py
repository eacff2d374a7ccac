"""How does a look-up that fails end? In one sentence with its remedy; anything but a RunError shows as a traceback."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pulumi

from fairlead_mesh.aws.aws_errors import aws_error
from fairlead_mesh.cluster import Eks


@contextmanager
def explained(eks: Eks, region: str | None) -> Generator[None]:
    """Around look-ups in AWS. A RunError passes: the engine has said already why it stops."""
    try:
        yield
    except pulumi.RunError:
        raise
    except Exception as error:
        raise pulumi.RunError(aws_error(str(error), eks, region)) from None


def has_engine() -> bool:
    """Whether an engine acts on this evaluation, which then needs the cluster and the programs that lead to it.

    A preview without a cluster, and tests, put a monitor of the SDK's mocks in its place.
    """
    return not isinstance(pulumi.runtime.settings.get_monitor(), pulumi.runtime.mocks.MockMonitor)
