"""Write the generated pages of docs/: the rules and trims from their cards, the command line from its help. `--check` only compares."""

import difflib
import sys
from pathlib import Path

from paredown.card import Safety
from paredown.rules import compose_files, dockerfiles, ignore_files, images
from paredown.trims import TRIMS
from paredown.trims.interface import Level

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH = 100
MEANINGS = {
    Level.SAFE: "what no running service can use",
    Level.LEAN: "what this service, by its facts, does not use; the default, with all of `safe`",
    Level.TIGHT: "what this service cannot come to, with all of `lean`; only for `paredown slim`, which proves it",
}


def trims_page() -> str:
    """docs/trims.md."""
    lines = [
        "# Trims",
        "",
        "What `paredown build` and `paredown slim` take away at `--trim safe|lean`, and `slim` at `tight`.",
        "Made from the cards in `src/paredown/trims/`: edit them, then `make docs`.",
        "",
    ]
    for level, meaning in MEANINGS.items():
        lines += [f"## {level}: {meaning}", ""]
        for trim in sorted((trim for trim in TRIMS if trim.level is level), key=lambda trim: trim.card.id):
            card = trim.card
            lines += [f"### {card.id}", "", card.summary, "", card.why, ""]
            gone = [path for path in trim.before if path not in trim.after]
            lines += [f"- takes, for instance: {', '.join(f'`/{path}`' for path in gone)}"] if gone else ["- shrinks files, removes none"]
            lines += [f"- sources: {', '.join(card.sources)}", f"- since {card.since}", ""]
    return "\n".join(lines)


KINDS = {"Dockerfiles": dockerfiles.RULES, "Compose files": compose_files.RULES, "Ignore files": ignore_files.RULES, "Images": images.RULES}
MENDED = {Safety.SAFE: "`--fix`", Safety.VERIFIED: "`--unsafe-fixes`", Safety.OPT_IN: "by hand, or `--unsafe-fixes` where an edit is offered"}


def rules_page() -> str:
    """docs/rules.md."""
    lines = ["# Rules", "", "What `paredown check` finds. Made from the cards in `src/paredown/rules/`: edit them, then `make docs`.", ""]
    lines += ["`paredown explain RULE` shows one of them; how to choose and silence them: [Check](check.md).", ""]
    for kind, rules in KINDS.items():
        lines += [f"## {kind} ({len(rules)})", ""]
        for rule in rules:
            card = rule.card
            lines += [f"### {card.id}", "", f"*{rule.severity}*: {card.summary}", "", card.why, ""]
            if str(rule.before) != str(rule.after):
                changed = (line for line in difflib.ndiff(str(rule.before).splitlines(), str(rule.after).splitlines()) if not line.startswith("?"))
                lines += ["```diff", *(line.rstrip() for line in changed), "```", ""]
            lines += [f"- mended: {MENDED[card.safety]}"]
            lines += [f"- elsewhere: {', '.join(rule.same_as)}"] if rule.same_as else []
            lines += [f"- sources: {', '.join(card.sources)}", f"- since {card.since}", ""]
    return "\n".join(lines)


def command_line_page() -> str:
    """docs/cli.md."""
    import click

    from paredown.cli.app import app

    lines = ["# The command line", "", "Made from `paredown --help`: `make docs`.", ""]

    def add(command: click.Command, context: click.Context) -> None:
        lines.extend([f"## {context.command_path}", "", "```text", *(line.rstrip() for line in command.get_help(context).splitlines()), "```", ""])
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                add(below, click.Context(below, info_name=name, parent=context, terminal_width=WIDTH))

    add(app, click.Context(app, info_name="paredown", terminal_width=WIDTH, help_option_names=["-h", "--help"]))
    return "\n".join(lines)


def main() -> int:
    """Write the pages, or with --check say which are stale."""
    stale = []
    for name, text in {"trims.md": trims_page(), "rules.md": rules_page(), "cli.md": command_line_page()}.items():
        path = DOCS / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        print(f"error: stale: {', '.join('docs/' + name for name in stale)}\n  fix: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
