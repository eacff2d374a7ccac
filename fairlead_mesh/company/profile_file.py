"""What does a profile's file say? Read as a stack file is: by the model, with every mistake at its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fairlead_mesh.company.profile import Profile
from fairlead_mesh.company.rules import COMPANY_RULES
from fairlead_mesh.findings import ConfigError, Finding
from fairlead_mesh.keys.shape import shape_findings
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.reading.documents import documents


def read_profile(path: Path) -> Profile:
    """The profile of a file. Raises ConfigError where it says something that no profile may, one of UNREADABLE where
    it is not valid YAML, and OSError."""
    found = [value for value, _ in documents(path.read_text(encoding="utf-8"))]
    return profile_of(as_map(found[0]) if found else {})


def profile_of(keys: dict[str, Any]) -> Profile:
    """The profile that these keys describe."""
    try:
        profile = Profile.model_validate(keys)
    except ValidationError as error:
        raise ConfigError(shape_findings(error, Profile)) from None
    named = [*profile.levels, *(each.rule for each in profile.exempt)]
    unknown = sorted({name for name in named if name not in COMPANY_RULES})
    if unknown:
        remedy = f"write one of {', '.join(COMPANY_RULES)}"
        raise ConfigError(
            Finding("profile", ("exempt",), name, "is no rule of a company", "error", None, remedy) for name in unknown
        )
    return profile


def profile_with(profile: Profile, config: dict[str, Any], rule: str) -> Profile:
    """The profile with what the configuration of one rule's policy adds, or says in its place."""
    exempt = [{**each, "rule": rule} for each in config.get("exempt", [])]
    said = {key: config[key] for key in ("production", "registries") if config.get(key)}
    added = profile_of({**said, "exempt": exempt})
    return profile.model_copy(
        update={
            **{key: getattr(added, key) for key in said},
            "exempt": [*profile.exempt, *added.exempt],
            "levels": {**profile.levels, rule: "mandatory"},
        }
    )
