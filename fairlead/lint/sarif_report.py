"""What does a code scanner read? The findings as SARIF 2.1.0, with every rule's help."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fairlead.lint.linted import Linted, Placed, RelatedPlace
from fairlead.yaml_files.positions import Place

if TYPE_CHECKING:
    from fairlead.lint.rule_page import RulePage

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif_report(linted: Linted) -> str:
    """One run; its rules are all that were asked, its results the findings."""
    from fairlead.lint.rule_page import company_pages, rule_pages  # noqa: PLC0415 - the other reports need no rules over a stack file

    pages = rule_pages()
    if any(each.finding.rule not in pages for each in linted.found):
        pages = {**pages, **company_pages()}
    places = {name: index for index, name in enumerate(pages)}
    driver = {
        "name": "fairlead",
        "rules": [_rule(page) for page in pages.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places[each.finding.rule]) for each in linted.found],
        "properties": {"silenced": linted.silenced},
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False, default=str)


def _rule(page: RulePage) -> dict[str, Any]:
    text = f"{page.documentation}\n\nAlso reported by: {page.also}."
    return {
        "id": page.name,
        "shortDescription": {"text": page.sentence},
        "fullDescription": {"text": page.documentation},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
        "properties": {"tags": list(page.counterparts)},
    }


def _result(each: Placed, index: int) -> dict[str, Any]:
    finding = each.finding
    where = " ".join(part for part in (each.subject, each.path) if part)
    text = f"{where}: {finding.message}" if where else finding.message
    location: dict[str, Any] = {"physicalLocation": _physical(each.file, each.place)}
    if where:
        location["logicalLocations"] = [{"fullyQualifiedName": where}]
    result = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{text}\n{finding.remedy}" if finding.remedy else text},
        "locations": [location],
        "partialFingerprints": {"placeInMesh/v1": _fingerprint(finding.rule, each.file, where)},
        "properties": {"remedy": finding.remedy, "counterparts": list(finding.counterparts)},
    }
    if each.related:
        result["relatedLocations"] = [_related(number, other) for number, other in enumerate(each.related)]
    return result


def _related(number: int, other: RelatedPlace) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": other.subject or other.file},
        "physicalLocation": _physical(other.file, other.place),
    }


def _physical(file: str, place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    return {"artifactLocation": {"uri": _uri(file)}, "region": region}


def _uri(file: str) -> str:
    return "stdin" if file == "-" else quote(file.replace("\\", "/"))


def _fingerprint(*parts: str) -> str:
    """The same finding keeps it when lines move."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
