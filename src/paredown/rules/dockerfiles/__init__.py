"""Rules for Dockerfiles, one file each."""

from paredown.rules.collecting import rules_in
from paredown.rules.interface import Rule
from paredown.rules.recipe import Recipe

DockerfileRule = Rule[Recipe, str]

RULES: tuple[DockerfileRule, ...] = rules_in(__name__, __path__)
