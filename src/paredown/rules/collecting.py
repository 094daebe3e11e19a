"""Finds the rules in a folder of them: a new file there is a new rule, nothing is listed by hand."""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

from paredown.rules.interface import Rule


def rules_in(package: str, path: Iterable[str]) -> tuple[Rule[Any, Any], ...]:
    """The rules in the modules of `package`, whose folders are `path`, by their ids."""
    modules = [importlib.import_module(f"{package}.{module.name}") for module in pkgutil.iter_modules(path)]
    rules = [value for module in modules for value in vars(module).values() if isinstance(value, Rule)]
    return tuple(sorted(rules, key=lambda rule: rule.card.id))
