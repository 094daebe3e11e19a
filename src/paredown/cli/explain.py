"""`paredown explain`: what a rule or a trim is, why, by which source, and how to silence it."""

import sys

import click


@click.command()
@click.argument("name", required=False, metavar="[RULE|TRIM]")
def explain(name: str | None) -> None:
    """Tell what a rule finds or a trim takes: why, an example, sources, and how to silence it.

    Others' names do too: DL3006, CIS-DI-0001, JSONArgsRecommended. Without a name: the list of all.
    """
    from paredown import guide
    from paredown.cli import surroundings
    from paredown.reports.cards import card_list, card_page

    ink = surroundings.ink(sys.stdout)
    pages = [card_list(guide.everything(), ink)] if name is None else [card_page(one, ink) for one in guide.named(name)]
    sys.stdout.write("\n\n".join(pages) + "\n")
