"""Rules asked of a compose file: what they find less what its comments silence."""

from collections.abc import Iterable

from paredown.finding import Finding
from paredown.rules.compose_file import compose_file_of
from paredown.rules.compose_files import RULES, ComposeRule
from paredown.rules.findings import findings_of
from paredown.rules.recipe import Context
from paredown.rules.silence import silence_in


def examine_compose(text: str, file: str, context: Context | None, rules: Iterable[ComposeRule] = RULES) -> tuple[Finding, ...]:
    """What `rules` find in the compose file `text`, called `file` as findings shall name it, by place. `context` is the folder that it lies in.

    Raises UserError, with the line, for what is no YAML or no compose file.
    """
    return findings_of(rules, compose_file_of(text, file, context), text, file, silence_in(text))
