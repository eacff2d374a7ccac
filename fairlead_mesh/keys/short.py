"""Which sections may be written as one plain word? Those that say for which of their keys it stands."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from pydantic import model_validator

from fairlead_mesh.keys.section import Section


class Short(Section):
    """A section in the place of which a plain string may stand: it is the value of the key `plain`."""

    plain: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_a_key(cls, value: Any) -> Any:
        if isinstance(value, (bool, int, float)):
            raise ValueError(f'write a string, in quotes: "{json.dumps(value)}", or a map with the key {cls.plain}')
        return {cls.plain: value} if isinstance(value, str) else value
