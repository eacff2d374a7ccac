"""What does a word have to look like? One pattern and one sentence, for the model and for the editors' schema alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Check = Callable[[str], str]


@dataclass(frozen=True)
class Form:
    """Goes into `Annotated[str, ...]`: the whole word fits `pattern`, or `what` says what to write.

    What a pattern cannot say, `check` does; it raises ValueError with its own sentence. `longest` counts characters.
    """

    pattern: str
    what: str
    check: Check | None = None
    longest: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler(schema) | {"pattern": f"^(?:{self.pattern})$", "errorMessage": self.what}
        return found | ({"maxLength": self.longest} if self.longest else {})

    def _checked(self, value: str) -> str:
        if self.check:
            value = self.check(value)
        if not re.fullmatch(self.pattern, value, re.ASCII) or (self.longest and len(value) > self.longest):
            raise ValueError(self.what)
        return value
