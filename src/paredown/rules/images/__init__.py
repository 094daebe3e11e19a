"""Rules for finished images, one file each."""

from paredown.rules.collecting import rules_in
from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Rule

ImageRule = Rule[FinishedImage, ImageExample]

RULES: tuple[ImageRule, ...] = rules_in(__name__, __path__)
