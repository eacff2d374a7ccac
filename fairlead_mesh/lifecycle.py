"""How long does a stack live, whose is it, and may it be destroyed? Its section of the config."""

from __future__ import annotations

from fairlead_mesh.keys.scalars import Duration, NonEmpty, seconds
from fairlead_mesh.keys.section import Section

LIFT = (
    "If it is meant to go: set fairlead:lifecycle.protect to false in Pulumi.{stack}.yaml, run "
    "`fairlead up --stack {stack}`, and then this again."
)


class Lifecycle(Section):
    """How long the stack lives, and whether it may be destroyed."""

    ephemeral: bool = False
    """Whether it is short-lived: `fairlead env reap` destroys it once its time is over."""
    ttl: Duration | None = None
    """How long after its last `up` an ephemeral stack is over, such as 8h; without, it is never over."""
    owner: NonEmpty | None = None
    """Who answers for it, such as a person, a team or a pull request."""
    protect: bool = False
    """Whether nobody may destroy it: `fairlead down` and `pulumi destroy` both stop before anything is deleted."""

    @property
    def ttl_seconds(self) -> int | None:
        """None where it never ends by itself."""
        return seconds(self.ttl) if self.ephemeral and self.ttl else None


def still_protected(stack: str) -> tuple[str, str]:
    """Why a protected stack stays, and how the protection is lifted."""
    return f"The stack {stack} is protected: nothing of it is deleted.", LIFT.format(stack=stack)
