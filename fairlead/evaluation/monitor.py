"""What does the program tell the engine? A resource monitor that writes everything down and answers nothing.

It takes the engine's place for an evaluation in process. Every output is unknown, as in the first preview of a stack;
look-ups in the cloud are recorded and left unanswered, unless answers are given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast

from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from fairlead.evaluation.snapshot import STACK_TYPE

Answers = Callable[[str, dict[str, Any]], dict[str, Any] | None]
"""Given a look-up's token and arguments, what the cloud would say; None leaves it open."""


class _NoMocks(mocks.Mocks):
    """The SDK's monitor wants an answer for every resource; this one is never asked."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        raise NotImplementedError(args.name)


class RecordingMonitor(mocks.MockMonitor):
    """Keeps the requests of one evaluation: `registered` and `read` by URN, `outputs` of components, `lookups`."""

    def __init__(self, project: str, stack: str, answers: Answers | None = None):
        super().__init__(_NoMocks())
        self._answers = answers
        self._prefix = f"urn:pulumi:{stack}::{project}"
        self._lock = threading.Lock()
        self.registered: dict[str, Any] = {}
        self.read: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.lookups: list[Any] = []
        self.duplicates: list[str] = []

    def features(self) -> set[Any]:
        """What the SDK may ask of this monitor."""
        answer: Any = cast("Any", self).GetDeploymentInfo(empty_pb2.Empty())
        return set(answer.supportedFeatures)

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine forms it: the types of all ancestors but the stack, joined by `$`."""
        parent_type = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if parent_type == STACK_TYPE else f"{parent_type}${type_}"
        return f"{self._prefix}::{qualified}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._lock:
            if urn in self.registered:
                # The engine refuses it in the same words; the program has two resources of one name.
                self.duplicates.append(urn)
            self.registered[urn] = request
        return resource_pb2.RegisterResourceResponse(urn=urn)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        with self._lock:
            self.outputs[request.urn] = request.outputs
        return empty_pb2.Empty()

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._lock:
            self.read[urn] = request
        return resource_pb2.ReadResourceResponse(urn=urn)

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        with self._lock:
            self.lookups.append(request)
        answer = struct_pb2.Struct()
        known = self._answers(request.tok, json_format.MessageToDict(request.args)) if self._answers else None
        if known is None:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        json_format.ParseDict(known, answer)
        return resource_pb2.ResourceInvokeResponse(**cast("dict[str, Any]", {"return": answer}))
