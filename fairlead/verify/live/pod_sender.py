"""How does a pod send requests? In batches, each one run of a program that the API server starts in it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairlead.cluster.api_client import ApiClient, RefusedError
from fairlead.verify.live.curl_batch import curl_answers
from fairlead.verify.live.pod_exec import ran_in_pod
from fairlead.verify.live.pod_tools import sending
from fairlead.verify.sending import Answer, CannotSendError, Sent

_MOST = 50
"""Requests of a batch: a check may have seen enough after any."""
_GRACE = 15.0


@dataclass
class PodSender:
    """A container (`pod`: namespace, name, container) that has a shell, and curl or another program that sends."""

    api: ApiClient
    pod: tuple[str, str, str]
    account: str
    proxy: str = ""
    """See Sender."""
    program: str = "curl"

    @property
    def place(self) -> str:
        namespace, name, _ = self.pod
        return f"pod {namespace}/{name} as {namespace}/{self.account}"

    def send(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:
        """See Sender. One request after the other, as the rate allows."""
        for at in range(0, len(requests), _MOST):
            yield from self._batch(requests[at : at + _MOST], per_second)

    def _batch(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:
        mark = f"@@{secrets.token_hex(8)}"
        given = sending(self.program, requests, mark, per_second)
        within = sum(each.within for each in requests) + len(requests) / per_second + _GRACE
        began = time.time()
        try:
            ran = ran_in_pod(self.api, self.pod, ["sh", "-c", given.script], stdin=given.stdin, within=within)
        except RefusedError as error:
            raise CannotSendError(f"{self.place} cannot be used: {error.message}") from None
        found = list(curl_answers(ran.out, mark, began))
        if len(found) != len(requests):
            why = ran.problem or ran.err.strip()[-300:] or f"{self.program} ended with {ran.code}"
            raise CannotSendError(f"{self.place} answered {len(found)} of {len(requests)} requests: {why}")
        yield from found
