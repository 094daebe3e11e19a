"""Rules asked of a finished image."""

from collections.abc import Iterable

from paredown.finding import Finding
from paredown.rules.findings import findings_of
from paredown.rules.finished_image import FinishedImage
from paredown.rules.images import RULES, ImageRule
from paredown.rules.silence import SILENT_ABOUT_NOTHING


def examine_image(image: FinishedImage, rules: Iterable[ImageRule] = RULES) -> tuple[Finding, ...]:
    """What `rules` find in `image`, the worst first. Their place is the whole of it, by its name."""
    return findings_of(rules, image, "", image.name, SILENT_ABOUT_NOTHING)
