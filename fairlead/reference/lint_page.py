"""What does each rule of lint mean? The page docs/lint.md, made from the rules and the files that break them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fairlead.lint.rule_page import OBJECTS, READING, STACK, RulePage, rule_pages
from fairlead.reference.markdown import escaped
from fairlead.yaml_files.positions import positions
from fairlead_mesh.findings import Path as KeyPath

LINT_PAGE = "docs/lint.md"
_TESTS = Path(__file__).parents[2] / "tests"
_EXPECTED = re.compile(r"^# expect(?: (?:warning|info))?: fairlead:(\S+?): ", re.MULTILINE)
_PEERS = {"istioctl analyze": "IST", "Kiali": "KIA", "the webhook": "webhook"}


def lint_page() -> str:
    """The whole page."""
    pages = [*rule_pages().values()]
    parts = [_INTRODUCTION, "## Which tool reports what", "", *_coverage(pages), ""]
    for title, looks_at in (("How files are read", READING), ("The stack file", STACK), ("Objects", OBJECTS)):
        parts += [f"## {title}", ""]
        for page in (page for page in pages if page.looks_at == looks_at):
            parts += _told(page)
    return "\n".join(parts)


def _coverage(pages: list[RulePage]) -> Iterator[str]:
    """How many rules each peer has too, then every rule with the peers' codes."""
    rules = [page for page in pages if page.looks_at != READING]
    alone = sum(not page.counterparts for page in rules)
    shares = [f"{sum(bool(_codes(page, sign)) for page in rules)} by {peer}" for peer, sign in _PEERS.items()]
    yield f"Of {len(rules)} rules, {shares[0]}, {shares[1]} and {shares[2]} are covered too; {alone} by fairlead only."
    yield "A code means that the tool reports the same kind of mistake, not that it finds all that the rule finds."
    yield ""
    yield f"| fairlead | {' | '.join(_PEERS)} |"
    yield "|---|---|---|---|"
    for page in rules:
        codes = [", ".join(_codes(page, sign)) for sign in _PEERS.values()]
        yield f"| [{page.name}](#{page.name}) | {' | '.join('yes' if code == 'webhook' else code for code in codes)} |"


def _codes(page: RulePage, sign: str) -> list[str]:
    return [code for code in page.counterparts if code.startswith(sign)]


def _told(page: RulePage) -> list[str]:
    also = f" · also reported by {', '.join(page.counterparts)}" if page.counterparts else ""
    paragraphs = (escaped(paragraph) for paragraph in page.documentation.split("\n\n"))
    lines = [f"### {page.name}", "", f"{page.severity}{_in_preview(page)}{also}", ""]
    for paragraph in paragraphs:
        lines += [paragraph, ""]
    example = _example(page)
    return [*lines, "```yaml", *example, "```", ""] if example else lines


def _in_preview(page: RulePage) -> str:
    return " · preview" if page.status == "preview" else ""


def _example(page: RulePage) -> list[str]:
    """The first line that breaks the rule, under the keys that lead to it."""
    objects, stack = _TESTS / "lint" / f"{page.name}.fail.yaml", _TESTS / "bad" / f"{page.name}.yaml"
    if page.looks_at == OBJECTS and objects.is_file():
        lines = objects.read_text(encoding="utf-8").splitlines()
        mark = f"# <- {page.name}"
        marked = next((number for number, line in enumerate(lines) if mark in line), None)
        return _excerpt([line.replace(mark, "# <- here") for line in lines], marked) if marked is not None else []
    if page.looks_at == STACK and stack.is_file():
        text = stack.read_text(encoding="utf-8")
        expected = _EXPECTED.search(text)
        if expected:
            line = positions(text).of_key(_path(expected[1])).line - 1
            lines = text.splitlines()
            return _excerpt([*lines[:line], f"{lines[line].rstrip()}  # <- here", *lines[line + 1 :]], line)
    return []


def _path(written: str) -> KeyPath:
    parts: list[str] = re.findall(r"[^.\[\]]+", written)
    return tuple(int(part) if part.isdigit() else part for part in parts)


def _excerpt(lines: list[str], number: int) -> list[str]:
    """A line with those above it that it stands under, and the kind of the object if it is one's."""
    kept, depth = [lines[number]], _depth(lines[number])
    for above in range(number - 1, -1, -1):
        line = lines[above]
        if line.startswith("---"):
            break
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if _depth(line) < depth or (line.startswith("kind:") and depth == 0):
            kept.insert(0, line)
            depth = min(depth, _depth(line))
        elif line.startswith("kind:"):
            kept.insert(0, line)
    return [re.sub(r"\s*# <[-+] (?!here)\S+.*$", "", line) for line in kept]


def _depth(line: str) -> int:
    """How far in the first key of a line stands; an item's sign counts as half a step, as items may not be indented."""
    signs = len(line) - len(line.lstrip(" "))
    return 2 * signs + (1 if line[signs : signs + 2] == "- " else 0)


_INTRODUCTION = """# Lint

<!-- Made from the rules by `make docs`: fix the docstrings in fairlead_mesh/lint/ instead. -->

`lint` reports what would not work in a mesh before anything is applied: without a cluster, an account or a network.

```
fairlead lint --stack dev                        # a stack: its file and all of its objects
fairlead render --stack dev --out build          # its objects, to have some YAML
fairlead lint --objects build/objects            # any YAML: files, folders, - for standard input
fairlead lint --stack dev --format github        # or json, sarif, text
fairlead lint --stack dev --fail-on warning      # or error (the default), info, never
fairlead lint --explain hosts_do_not_overlap     # or a code of a peer: --explain IST0101
fairlead lint --list
```

The exit code is 1 if a finding has at least the severity of `--fail-on`, 2 if the command is used wrongly, else 0.

With `--objects`, the files are taken for whole where they hold something of the kind: a Service is missing where they
hold Services of its namespace, a Gateway where they hold Gateways, pods where they hold pods. What Istio's own
installation brings, its gateways and istiod, is never missing. A name that is almost a known one is an error in any
case, and where the files hold less than half of what they name it is an info. Istio's MeshConfig is read from the file
that `--mesh-config` names, and its fields are judged; `--namespace` is that of objects that say none, as of
`kubectl apply -n`. In a stack, an object that is not part of it may exist, so that is a warning.

- An object that several files define differently is reported once. Those files are taken for forms of which one is
  applied: each is judged with the files that go with it.
- A folder of Kustomize is rendered by `kubectl` or `kustomize`, where one is on PATH and nothing would be fetched. Of a
  chart, and of a file with values that another tool fills in, one info says what was not judged.
- What a rule in *preview* says of other people's files has not been judged on enough of them: with `--objects` it is an
  info, with `--preview` what the rule says. In a stack it is always that.
- What is meant is silenced by a comment, `# fairlead: ignore RULE reason`: for its line, for the next one where it
  stands alone, for the whole object where that is a line such as `kind:`. Or by a file that `--silenced` names, with a
  list `ignore` as under `fairlead:lint` of a stack. A reason is required; a silence of nothing is reported.
"""
