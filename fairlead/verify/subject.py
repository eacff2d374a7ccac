"""What is promised? A stack's config, the mesh that it comes to, and the classes of requests that this tells apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from fairlead.explain.asked_mesh import AskedMesh
from fairlead.explain.classes import Classes, classes
from fairlead.verify.tokens import token_for
from fairlead_mesh.config import Config
from fairlead_mesh.model.classes.bare_clients import bare_explanation
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import Explanation, explanation
from fairlead_mesh.model.traffic.mesh import Mesh, Outside
from fairlead_mesh.model.traffic.server import UNDESCRIBED


@dataclass(frozen=True)
class Subject:
    """One stack. `is_protected`: nothing fails or slows down there for a check's sake, and no load is made."""

    stack: str
    asked: AskedMesh
    config: Config | None = None
    """None where plain YAML is asked about, which has no stack file."""
    is_protected: bool = False
    tokens: tuple[str, ...] = ()
    """Signed tokens that requests may have."""
    has_certificate: bool = True
    """Whether a client certificate is at hand for gateways that ask for one."""

    def token(self, request: Request) -> str:
        """The one that makes a request one of its class; empty where none does, or none is needed."""
        return self.mesh.once(("token", request.to, request.authority, request.path, request.method, request.caller,
                               request.gateway, str(request.claims), self.tokens),
                              lambda: token_for(self.mesh, request, self.tokens))  # fmt: skip

    @property
    def mesh(self) -> Mesh:
        return self.asked.mesh

    @cached_property
    def classes(self) -> Classes:
        """The requests that the mesh tells apart, and where there may be more."""
        return classes(self.mesh)

    @cached_property
    def expectations(self) -> tuple[tuple[Request, Explanation], ...]:
        """Each class with what has to happen to it."""
        return tuple((each, self.expected(each)) for each in self.classes.requests)

    def expected(self, request: Request) -> Explanation:
        """What has to happen to a request. A host outside of the mesh counts as one that answers, where the mesh lets
        requests get there."""
        found = explanation(self.mesh, request)
        if UNDESCRIBED in found.open and request.caller != INTERNET:
            return explanation(self._open_mesh, request)
        return found

    def once_a_class(self, expected: Explanation, reason: Callable[[], str]) -> str:
        """A reason that depends on the class alone: every check asks for it."""
        if id(expected) not in self._of_classes:
            return reason()
        if id(expected) not in self._reasons:
            self._reasons[id(expected)] = reason()
        return self._reasons[id(expected)]

    @cached_property
    def _reasons(self) -> dict[int, str]:
        return {}

    @cached_property
    def _of_classes(self) -> frozenset[int]:
        """The explanations that last as long as this does, by identity."""
        return frozenset(id(expected) for _, expected in self.expectations)

    def needs_labels(self, request: Request) -> bool:
        """Whether it would end otherwise if its client did not have the labels of the caller's pods."""
        found = bare_explanation(self.mesh, request)
        return not found.open and _ends(found) != _ends(explanation(self.mesh, request))

    @cached_property
    def _open_mesh(self) -> Mesh:
        graph = self.mesh.graph
        return Mesh(graph, self.mesh.now, Outside(is_everywhere=True), self.mesh.secrets)


def _ends(found: Explanation) -> list[tuple[str, float, str]]:
    return sorted((each.in_words, round(each.share, 6), str(each.seen)) for each in found.outcomes)
