"""Which rules are there, and what does one mean? Every rule by its name, told in full or as a row of a list."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fairlead.terminal.errors import UserError
from fairlead_mesh.findings import Severity
from fairlead_mesh.lint.config_findings import CONFIG_RULE_FILES
from fairlead_mesh.lint.object_findings import OBJECT_RULE_FILES
from fairlead_mesh.lint.rule import CONFIG_RULES, OBJECT_RULES, Rule, Status

STACK, OBJECTS, READING, COMPANY = "stack file", "objects", "reading", "what a stack deploys"


@dataclass(frozen=True)
class RulePage:
    """What people read of a rule: `looks_at` is the stack file, the objects, or how both are read."""

    name: str
    severity: Severity
    looks_at: str
    counterparts: tuple[str, ...]
    documentation: str
    status: Status = "stable"

    @property
    def sentence(self) -> str:
        """What must hold, in one line."""
        return self.documentation.partition("\n")[0]

    @property
    def also(self) -> str:
        """The counterparts in words."""
        return ", ".join(self.counterparts) or "nothing: only fairlead reports it"


_READING = (
    RulePage(
        "shape",
        "error",
        READING,
        (),
        "The keys, types and ranges of a stack file are those in docs/config.md: nothing is guessed.\n\n"
        "Otherwise a misspelt key would silently have no effect.",
    ),
    RulePage(
        "objects",
        "error",
        READING,
        (),
        "The key `objects` lists files of Kubernetes objects, each with a name, and defined in one way.\n\n"
        "The program stops at anything else before it touches the cluster.",
    ),
    RulePage(
        "yaml",
        "error",
        READING,
        (),
        "A file is valid YAML or JSON: otherwise nothing in it would be checked or applied.",
    ),
)


# Importing the files of rules has registered them.
_ORDER = {file.__name__: place for place, file in enumerate((*CONFIG_RULE_FILES, *OBJECT_RULE_FILES))}


@cache
def rule_pages() -> dict[str, RulePage]:
    """Every rule by its name: how files are read, then the stack file's rules, then the objects'."""
    stack = (_page(rule, STACK) for rule in _in_order(CONFIG_RULES))
    objects = (_page(rule, OBJECTS) for rule in _in_order(OBJECT_RULES))
    return {page.name: page for page in (*_READING, *stack, *objects)}


def company_pages() -> dict[str, RulePage]:
    """The rules of a company's profile, by name."""
    from fairlead_mesh.company.rules import COMPANY_RULES  # noqa: PLC0415 - few ask for a profile

    return {name: _page(rule, COMPANY) for name, rule in COMPANY_RULES.items()}


def _in_order(rules: Mapping[str, Rule]) -> list[Rule]:
    """File by file, whichever was imported first."""
    return sorted(rules.values(), key=lambda rule: _ORDER.get(rule.check.__module__, len(_ORDER)))


def _page(rule: Rule, looks_at: str) -> RulePage:
    return RulePage(rule.name, rule.severity, looks_at, rule.counterparts, rule.documentation, rule.status)


def explained(word: str) -> str:
    """A rule in full, or every rule with a code such as IST0101. Raises UserError where there is none."""
    pages = rule_pages()
    named = [pages[word]] if word in pages else [page for page in pages.values() if word in page.counterparts]
    if not named:
        codes = {code for page in pages.values() for code in page.counterparts}
        close = difflib.get_close_matches(word, [*pages, *sorted(codes)], n=1)
        remedy = f"Did you mean {close[0]}?" if close else "--list shows every rule."
        raise UserError(f"There is no rule {word}.", remedy)
    return "\n\n".join(_in_full(page) for page in named)


def _in_full(page: RulePage) -> str:
    facts = f"{page.severity} · checks the {page.looks_at}" if page.looks_at != READING else page.severity
    facts += " · preview" if page.status == "preview" else ""
    return f"{page.name}\n  {facts}\n  also reported by: {page.also}\n\n{page.documentation}"


def listed(*, as_json: bool) -> str:
    """One row a rule."""
    pages = rule_pages().values()
    if as_json:
        rows = [
            {
                "rule": page.name,
                "severity": page.severity,
                "looksAt": page.looks_at,
                "status": page.status,
                "counterparts": list(page.counterparts),
                "documentation": page.documentation,
            }
            for page in pages
        ]
        return json.dumps(rows, indent=2, ensure_ascii=False)
    name = max(len(page.name) for page in pages)
    codes = max(len(" ".join(page.counterparts)) for page in pages)
    return "\n".join(
        f"{page.name:{name}}  {page.severity:7}  {' '.join(page.counterparts):{codes}}  {page.sentence}"
        for page in pages
    )
