"""Rules for compose files, one file each."""

from paredown.rules.collecting import rules_in
from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Rule

ComposeRule = Rule[ComposeFile, str]

RULES: tuple[ComposeRule, ...] = rules_in(__name__, __path__)
