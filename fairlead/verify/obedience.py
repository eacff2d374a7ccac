"""Can an app be made slow, or fail, by a header? Test servers obey `x-app-*` (fairlead_mesh/model/requests/app.py)."""

from __future__ import annotations

from fairlead.verify.asking import Asking
from fairlead.verify.sending import Answer
from fairlead.verify.trial import Trial
from fairlead_mesh.model.requests.request import Request

_STATUS, _OBEYED = "x-app-status", 207
DISOBEYS = "the app cannot be made slow or made to fail by a header, and no proxy can be asked for its route"


def obeys(asking: Asking, request: Request) -> bool:
    """Whether the app behind a request answers with the status that a header names. Raises CannotSendError."""
    answers = Trial(asking, request, headers={_STATUS: str(_OBEYED)}).batch(1).answers
    return all(each.status == _OBEYED for each in answers)


def provoked(asking: Asking, request: Request, headers: dict[str, str], within: float) -> Answer:
    """The answer to one request with such headers."""
    return Trial(asking, request, within=within, headers=headers).batch(1).answers[0]
