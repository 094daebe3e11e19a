import pytest

from paredown.rules.examine_image import examine_image
from paredown.rules.images import RULES, ImageRule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_example_is_found_and_the_better_one_is_silent(rule: ImageRule) -> None:
    found = examine_image(rule.before.image(), (rule,))
    assert found
    assert all(one.advice for one in found)
    assert examine_image(rule.after.image(), (rule,)) == ()
