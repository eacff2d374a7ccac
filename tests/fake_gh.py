"""What would GitHub answer to `gh api`? A program that stands in for gh: it reads a state, changes it and keeps a log.

The state is the file that FAKE_GITHUB names: pulls, comments of each, artifacts of each run, and `refuse`, which maps
`METHOD path` to what gh says on standard error. Lists come page by page as GitHub's do.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

STATE = Path(os.environ.get("FAKE_GITHUB", "github.json"))
BOT = {"login": "github-actions[bot]", "type": "Bot"}


def main() -> int:
    state = json.loads(STATE.read_text(encoding="utf-8"))
    method, path, query, body = _read(sys.argv[1:])
    state.setdefault("log", []).append([method, path, query])
    code = _answer(state, method, path, query, body)
    STATE.write_text(json.dumps(state), encoding="utf-8")
    return code


def _read(arguments: list[str]) -> tuple[str, str, dict[str, str], dict[str, Any]]:
    assert arguments.pop(0) == "api"
    method, path, query, body = "GET", "", dict[str, str](), dict[str, Any]()
    while arguments:
        word = arguments.pop(0)
        if word == "--method":
            method = arguments.pop(0)
        elif word == "--raw-field":
            key, _, value = arguments.pop(0).partition("=")
            query[key] = value
        elif word == "--input":
            assert arguments.pop(0) == "-"
            body = json.load(sys.stdin)
        else:
            assert not path, word
            assert not word.startswith("-"), word
            path = word
    return method, path, query, body


def _answer(state: dict[str, Any], method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> int:
    if f"{method} {path}" in state.get("refuse", {}):
        print(state["refuse"][f"{method} {path}"], file=sys.stderr)
        return 1
    within = path.removeprefix("repos/mesh/stack/")
    comments = state.setdefault("comments", {})
    if method == "POST" and (found := re.fullmatch(r"issues/(\d+)/comments", within)):
        number = 1 + max((each["id"] for some in comments.values() for each in some), default=0)
        comments.setdefault(found[1], []).append({"id": number, "user": BOT, **body})
    elif method == "PATCH" and (found := re.fullmatch(r"issues/comments/(\d+)", within)):
        (comment,) = [each for some in comments.values() for each in some if each["id"] == int(found[1])]
        comment.update(body)
    elif found := re.fullmatch(r"issues/(\d+)/comments", within):
        _page(comments.get(found[1], []), query)
    elif within == "pulls":
        _page([each for each in state["pulls"] if _asked_for(each, query)], query)
    elif found := re.fullmatch(r"actions/runs/(\d+)/artifacts", within):
        _page(
            [each for each in state["artifacts"].get(found[1], []) if each["name"] == query["name"]], query, "artifacts"
        )
    elif found := re.fullmatch(r"actions/artifacts/(\d+)/zip", within):
        sys.stdout.buffer.write((STATE.parent / f"{found[1]}.zip").read_bytes())
    else:
        print("gh: Not Found (HTTP 404)", file=sys.stderr)
        return 1
    return 0


def _asked_for(pull: dict[str, Any], query: dict[str, str]) -> bool:
    return pull["state"] == query["state"] and pull["head"]["label"] == query["head"]


def _page(items: list[Any], query: dict[str, str], within: str = "") -> None:
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    found = items[(number - 1) * size : number * size]
    print(json.dumps({"total_count": len(items), within: found} if within else found))


if __name__ == "__main__":
    sys.exit(main())
