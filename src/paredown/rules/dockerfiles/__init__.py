"""Rules for Dockerfiles, one file each."""

import importlib
import pkgutil

from paredown.rules.interface import Rule
from paredown.rules.recipe import Recipe

DockerfileRule = Rule[Recipe, str]


def _found() -> tuple[DockerfileRule, ...]:
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    rules = [value for module in modules for value in vars(module).values() if isinstance(value, Rule)]
    return tuple(sorted(rules, key=lambda rule: rule.card.id))


RULES: tuple[DockerfileRule, ...] = _found()
