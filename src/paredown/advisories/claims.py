"""What one record of advisory data says of one package."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paredown.holdings import Subject

Wanted = Mapping[tuple[str, str], tuple[Subject, ...]]  # an ecosystem and a name in it: the packages of that name


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Advisory `id`, `same` as others, is about `subject`; `affected` None when it does not decide whether also about that version of it."""

    subject: Subject
    id: str
    affected: bool | None
    same: tuple[str, ...] = ()


def wanted(subjects: Iterable[Subject]) -> Wanted:
    """`subjects` by what records look them up by."""
    found: dict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in dict.fromkeys(subjects):
        found[subject.ecosystem, subject.name].append(subject)
    return {key: tuple(each) for key, each in found.items()}
