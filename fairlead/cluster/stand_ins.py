"""What does the demo send where a value is unknown or secret? A stand-in that a real API server accepts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, cast

from fairlead.evaluation.snapshot import SECRET, UNKNOWN

# Both are valid as a name, a label and a host alike.
STANDS_FOR = {UNKNOWN: "known-after-up", SECRET: "kept-secret"}


def stand_ins(value: Any) -> Any:
    """The same value, with nothing in it that only a real deployment knows."""
    if isinstance(value, dict):
        return {key: stand_ins(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [stand_ins(each) for each in cast("list[Any]", value)]
    if isinstance(value, str):
        for placeholder, stand_in in STANDS_FOR.items():
            value = value.replace(placeholder, stand_in)
    return value


def sendable(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest as the demo sends it: named, with stand-ins, and with a Secret's data as base64."""
    manifest: dict[str, Any] = stand_ins(dict(inputs))
    manifest["metadata"] = {"name": name, **(manifest.get("metadata") or {})}
    manifest.pop("status", None)
    if manifest["kind"] == "Secret":
        for key, given in (("data", inputs.get("data")), ("stringData", inputs.get("stringData"))):
            if isinstance(given, str):
                manifest.pop(key)
            elif key == "data" and given:
                encoded = {each for each, text in cast("dict[str, Any]", given).items() if text in STANDS_FOR}
                stand_in = b64encode(STANDS_FOR[SECRET].encode()).decode()
                manifest["data"] = {
                    each: stand_in if each in encoded else text for each, text in manifest["data"].items()
                }
    return manifest
