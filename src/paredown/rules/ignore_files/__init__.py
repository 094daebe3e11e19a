"""Rules for ignore files (.dockerignore), one file each."""

from paredown.rules.collecting import rules_in
from paredown.rules.ignore_list import IgnoreList
from paredown.rules.interface import Rule

IgnoreRule = Rule[IgnoreList, str]

RULES: tuple[IgnoreRule, ...] = rules_in(__name__, __path__)
