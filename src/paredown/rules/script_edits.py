"""Edits of a RUN's script that keep its layout: a command more at its end, one less, a flag more."""

import re

from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import ShellCommand, ShellWord, script_of
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Edit, Instruction, Span, edited
from paredown.rules.recipe import Recipe


def with_flag(word: ShellWord, flag: str) -> Edit:
    """`flag` behind `word`."""
    return Edit(Span(word.span.end, word.span.end), f" {flag}")


def with_command(recipe: Recipe, step: Step, command: str) -> tuple[Edit, ...]:
    """`&& command` at the end of a RUN, on a line of its own where it has several; () where its end cannot take one."""
    instruction = step.instruction
    script = recipe.script(step)
    if instruction.exec_form or not script.understood or not script.commands:
        return ()
    if instruction.heredocs:
        body = instruction.heredocs[0].content.stripped()
        edit = Edit(Span(body.span().end, body.span().end), f" && {command}")
    else:
        edit = Edit(Span(instruction.span.end, instruction.span.end), _on_its_line(recipe, instruction, command))
    after = parse(edited(recipe.dockerfile.text, (edit,)))
    place = recipe.dockerfile.instructions.index(instruction)
    commands = script_of(after.instructions[place]).commands if len(after.instructions) == len(recipe.dockerfile.instructions) else ()
    grown = len(commands) == len(script.commands) + 1 and (commands[-1].joined, commands[-1].nested) == ("&&", False)
    return (edit,) if grown and " ".join(word.text for word in commands[-1].words) == command else ()


def without_command(recipe: Recipe, step: Step, command: ShellCommand) -> tuple[Edit, ...]:
    """A RUN less one of its commands, the whole RUN when it has no other; () where that would change what the others do."""
    text, instruction = recipe.dockerfile.text, step.instruction
    commands = recipe.script(step).commands
    place = commands.index(command)
    following = commands[place + 1 : place + 2]
    if command.nested or instruction.exec_form or not recipe.script(step).understood:
        return ()
    if len(commands) == 1:
        alone = command.span.end == instruction.span.end
        end = text.find("\n", instruction.span.end) + 1 or len(text)
        return (Edit(Span(text.rfind("\n", 0, instruction.span.start) + 1, end), ""),) if alone else ()
    if following and following[0].joined not in ("&&", ";"):
        return ()
    if place == 0:
        span = Span(command.span.start, following[0].span.start)
        return (Edit(span, ""),) if _only_joins(text[command.span.end : span.end]) else ()
    span = Span(commands[place - 1].span.end, command.span.end)
    ends = not following and command.span.end == instruction.span.end
    goes_on = bool(following) and _only_joins(text[span.end : following[0].span.start])
    joined = command.joined in ("&&", ";") and _only_joins(text[span.start : command.span.start])
    return (Edit(span, ""),) if joined and (ends or goes_on) else ()


def _only_joins(text: str) -> bool:
    return re.fullmatch(r"[\s\\`]*(?:&&|;|\n)[\s\\`]*", text) is not None


def _on_its_line(recipe: Recipe, instruction: Instruction, command: str) -> str:
    source = recipe.dockerfile.text[instruction.span.start : instruction.span.end]
    lines = source.splitlines()
    if len(lines) == 1:
        return f" && {command}"
    escape = recipe.dockerfile.escape
    end = "\r\n" if "\r\n" in source else "\n"
    leading = next((line for line in reversed(lines[1:]) if re.match(r"\s*&&", line)), None)
    indent = re.match(r"\s*", leading if leading is not None else lines[-1])
    space = indent[0] if indent else ""
    if leading is None and any(re.search(r"&&\s*[\\`]\s*$", line) for line in lines):
        return f" && {escape}{end}{space}{command}"
    return f" {escape}{end}{space}&& {command}"
