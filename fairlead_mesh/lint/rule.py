"""What is a rule? A generator of hits with a severity, and a docstring that is its documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fairlead_mesh.findings import Hit, Severity

if TYPE_CHECKING:
    from fairlead_mesh.model.graph import Graph


Status = Literal["stable", "preview"]


@dataclass(frozen=True)
class Rule:
    """`check` finds where the sentence `name` does not hold; `needs` are the sections of the config that it must see
    whole, `counterparts` the codes of istioctl and Kiali, or `webhook`, that say the same. A `firm` rule cannot be
    silenced: where it does not hold, the program cannot be built. One `of_schema` is silent where another rule says in
    better words why a value is rejected, or the same of a field. What a rule of status `preview` says of other people's
    files has not been judged on enough of them: there it is an info, unless somebody asks for more.
    One `of_objects` is also given the objects of the stack's own files."""

    check: Callable[..., Iterator[Hit]]
    severity: Severity
    needs: frozenset[str]
    counterparts: tuple[str, ...]
    firm: bool = False
    of_schema: Literal["field", "value", ""] = ""
    status: Status = "stable"
    of_objects: bool = False

    @property
    def name(self) -> str:
        return self.check.__name__

    @property
    def documentation(self) -> str:
        lines = (self.check.__doc__ or "").strip().splitlines()
        return "\n".join(line.strip() for line in lines)


CONFIG_RULES: dict[str, Rule] = {}
OBJECT_RULES: dict[str, Rule] = {}

ConfigCheck = Callable[..., Iterator[Hit]]
ObjectCheck = Callable[["Graph"], Iterator[Hit]]


def config_rule(
    *counterparts: str,
    needs: tuple[str, ...] = (),
    severity: Severity = "error",
    firm: bool = False,
    of_objects: bool = False,
) -> Callable[[ConfigCheck], ConfigCheck]:
    """A rule over the whole config, and with `of_objects` over the stack's own objects; a section in `needs` that is
    broken keeps it from being asked."""

    def register(check: ConfigCheck) -> ConfigCheck:
        CONFIG_RULES[check.__name__] = Rule(
            check, severity, frozenset(needs), counterparts, firm, of_objects=of_objects
        )
        return check

    return register


def object_rule(
    *counterparts: str,
    severity: Severity = "error",
    of_schema: Literal["field", "value", ""] = "",
    status: Status = "stable",
) -> Callable[[ObjectCheck], ObjectCheck]:
    """A rule over the objects of a mesh, whoever wrote them."""

    def register(check: ObjectCheck) -> ObjectCheck:
        OBJECT_RULES[check.__name__] = Rule(
            check, severity, frozenset(), counterparts, of_schema=of_schema, status=status
        )
        return check

    return register
