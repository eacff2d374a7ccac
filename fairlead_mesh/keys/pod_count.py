"""How many pods may a drain take? A number of them, or a share."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic.config import JsonDict

from fairlead_mesh.keys.scalars import LARGEST

_SHARE = r"(100|[1-9]?[0-9])%"
_PODS = 'write a number of pods such as 1, or a share such as "50%"'


def _a_number_or_a_share(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    if not whole and not (isinstance(value, str) and re.fullmatch(_SHARE, value)):
        raise ValueError(_PODS)
    return value


_POD_COUNT: JsonDict = {
    "type": ["integer", "string"],
    "minimum": 0,
    "maximum": LARGEST,
    "pattern": f"^{_SHARE}$",
    "errorMessage": _PODS,
}
PodCount = Annotated[int | str, BeforeValidator(_a_number_or_a_share), WithJsonSchema(_POD_COUNT)]
