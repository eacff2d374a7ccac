"""Whose are the keys of a stack file? Those that look like this project's and are read by nobody are told."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.findings import Finding
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.keys.project import PROJECT

_OURS = frozenset(str(field.alias) for field in Config.model_fields.values()) | SECRET_KEYS.keys()
_CONFIG = "config"
_BESIDE_CONFIG = ("encryptedkey", "encryptionsalt", "environment", "secretsprovider")
_CLOUDS = ("aws", "aws-native", "awsx", "azure", "azure-native", "eks", "gcp", "google-native")
_TOOLS = ("cloudflare", "command", "datadog", "docker", "github", "gitlab", "grafana", "random", "tls", "vault")
_PROVIDERS = frozenset({"kubernetes", "pulumi", *_CLOUDS, *_TOOLS})
"""Namespaces that Pulumi itself and its providers read; one that is not among them may be a provider's all the same."""
_NEAR = 0.75


def near_misses(word: str) -> str:
    """A pattern of what is one slip of the finger away from a word, in capitals or not, and of the word itself."""
    letters = [f"[{letter.lower()}{letter.upper()}]" for letter in word]
    places = range(len(letters))
    missing = ["".join([*letters[:place], *letters[place + 1 :]]) for place in places]
    wrong = ["".join([*letters[:place], "[^:]", *letters[place + 1 :]]) for place in places]
    added = ["".join([*letters[:place], "[^:]", *letters[place:]]) for place in (*places, len(letters))]
    swapped = ["".join([*letters[:at], letters[at + 1], letters[at], *letters[at + 2 :]]) for at in places[:-1]]
    return "|".join([*missing, *wrong, *added, *swapped])


def root_findings(document: Mapping[str, Any], file: str) -> list[Finding]:
    """Keys beside `config`, where Pulumi reads its own and nothing else."""
    return [_beside(key, document[key], file) for key in document if key not in (_CONFIG, *_BESIDE_CONFIG)]


def _beside(key: str, value: Any, file: str) -> Finding:
    namespace, _, name = key.rpartition(":")
    if namespace or name in _OURS:
        full = key if namespace else f"{PROJECT}:{key}"
        message, remedy = "is outside of config, where it has no effect", f"indent it below config, as {full}"
    elif meant := nearest(key, (_CONFIG, *_BESIDE_CONFIG)):
        message, remedy = "no such key", f"did you mean {meant}?"
    else:
        message, remedy = "this key has no effect", f"the keys here are {_CONFIG} and Pulumi's own"
    return Finding("shape", (key,), _without_secrets(value), message, remedy=remedy, source=file)


def _without_secrets(value: Any) -> Any:
    """What stands there may hold anything, so only plain words are shown."""
    return value if isinstance(value, (bool, int, float)) else None


def secret_findings(keys: Mapping[str, Any], secret: Collection[str]) -> list[Finding]:
    """Secrets that stand in plain text, or would come to: `keys` are the project's own, the `secret` ones of them hold
    something encrypted."""
    plain = [key for key in keys if key in SECRET_KEYS and key not in secret and keys[key]]
    inside = [key for key in keys if key in secret and key not in SECRET_KEYS]
    return [*(_in_plain_text(key) for key in plain), *(_would_be_plain_text(key) for key in inside)]


def _in_plain_text(key: str) -> Finding:
    message = "is in plain text, readable for everyone who has this file"
    remedy = f"set it with `pulumi config set --secret {PROJECT}:{key}`"
    return Finding("shape", (key,), None, message, "warning", remedy=remedy)


def _would_be_plain_text(key: str) -> Finding:
    message = "contains a secret, which the program gets as plain text here and writes to the state as such"
    remedy = "keep it in a Secret of the cluster, and refer to that; secrets here are the keys " + ", ".join(
        sorted(SECRET_KEYS)
    )
    return Finding("shape", (key,), None, message, remedy=remedy)


def namespace_findings(keys: Iterable[str]) -> list[Finding]:
    """Keys of namespaces that are misspelt, or have a key of this project and are no provider's."""
    return [finding for key in keys for finding in _of_another(key)]


def _of_another(key: str) -> Iterator[Finding]:
    namespace, _, name = key.partition(":")
    if namespace == PROJECT or namespace in _PROVIDERS:
        return
    if difflib.SequenceMatcher(None, namespace.casefold(), PROJECT).ratio() >= _NEAR:
        yield Finding(
            "shape", (key,), None, f"nothing reads keys of {namespace}", remedy=f"did you mean {PROJECT}:{name}?"
        )
    elif name in _OURS:
        remedy = f"write {PROJECT}:{name}, unless a provider {namespace} reads it"
        yield Finding(
            "shape", (key,), None, f"{name} is a key of {PROJECT}, not of {namespace}", "warning", remedy=remedy
        )
