"""What an image says of itself once files went: package databases, lists of installed files, the record of removals, what a failed import says."""

from collections.abc import Iterable

from paredown.composers import import_messages, record
from paredown.packages.forgetting import true_databases
from paredown.pydist.facts import Distribution
from paredown.pydist.installed_files import true_records
from paredown.result import KEEP_OPTION, Removal
from paredown.tree import Tree


def true_to_itself(before: Tree, after: Tree, distributions: tuple[Distribution, ...], removals: Iterable[Removal], earlier: Iterable[Removal] = ()) -> Tree:
    """`after`, which is `before` less `removals`, telling so. `distributions` are those of `before`; what went `earlier` is in neither."""
    removals = tuple(removals)
    tree = true_databases(before, after)
    return tree.over(
        true_records(tree, distributions, {removal.path: removal.left for removal in removals}),
        record.compose((*earlier, *removals)),
        import_messages.compose(tree, (*earlier, *removals), KEEP_OPTION),
    )
