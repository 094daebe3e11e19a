"""Rules asked of an ignore file: what they find less what its comments silence."""

from collections.abc import Iterable

from paredown.finding import Finding
from paredown.rules.findings import findings_of
from paredown.rules.ignore_files import RULES, IgnoreRule
from paredown.rules.ignore_list import ignore_list_of
from paredown.rules.recipe import Context
from paredown.rules.silence import silence_in


def examine_ignore_file(text: str, file: str, context: Context | None, rules: Iterable[IgnoreRule] = RULES) -> tuple[Finding, ...]:
    """What `rules` find in the ignore file `text`, called `file` as findings shall name it, by place. `context` is the folder that is built from.

    Raises UserError, with the line, for a pattern that cannot be read.
    """
    return findings_of(rules, ignore_list_of(text, file, context), text, file, silence_in(text))
