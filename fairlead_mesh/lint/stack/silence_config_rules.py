"""Do the entries that silence findings name rules that can be silenced?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import CONFIG_RULES, OBJECT_RULES, config_rule


@config_rule()
def ignored_rules_exist(config: Config) -> Iterator[Hit]:
    """An entry under lint.ignore names a rule that exists, has a finding and can be silenced.

    A name that no rule has silences nothing, although everybody believes that it does. An entry without a finding is
    only a warning: it would silence the next one too, which nobody has reviewed.
    """
    for index, entry in enumerate(config.lint.ignore):
        path = ("lint", "ignore", index, "rule")
        rule = CONFIG_RULES.get(entry.rule) or OBJECT_RULES.get(entry.rule)
        if rule is None:
            close = difflib.get_close_matches(entry.rule, [*CONFIG_RULES, *OBJECT_RULES], n=1)
            remedy = f"did you mean {close[0]}?" if close else "write a name from `fairlead lint --list`"
            yield Hit(path, entry.rule, "no rule has this name, so nothing is silenced", remedy)
        elif rule.firm:
            message = "cannot be silenced: no objects can be made from a stack file that breaks it"
            yield Hit(path, entry.rule, message, "fix what it finds, and remove this entry")
