"""Observations held side by side: what two runs of the image before disagree on is masked, and all else in which the one after differs is told."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paredown.result import Difference, Mask, Observation
from paredown.verdict.texts import matches, words_differ

Run = Mapping[tuple[str, str], Observation]

ABSENT = "(absent)"
_WHOLE = "(as a whole)"  # the place of an observation that only some runs make
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs and what was masked, in the order of probes and keys."""

    differences: tuple[Difference, ...]
    masks: tuple[Mask, ...]


def run_of(observations: Sequence[Observation]) -> Run:
    """The observations of one run by probe and key; of two with one name the last counts."""
    return {(seen.probe, seen.key): seen for seen in observations}


def compare(befores: Sequence[Run], afters: Sequence[Run]) -> Comparison:
    """Two or more runs before against one or more after. A difference counts when every run after shows it."""
    keys = dict.fromkeys(key for run in (*befores, *afters) for key in run)
    noise = {key: _noise([run.get(key) for run in befores]) for key in keys}
    everywhere = _headers_that_vary(noise)
    differences: list[Difference] = []
    masks = [Mask(probe=probe, key=key, place=place, one=one, other=other) for (probe, key), found in noise.items() for place, (one, other) in found.items()]
    for key in keys:
        masked = {**everywhere.get(key[0], {}), **noise[key]}
        found = [_differences(key, [run.get(key) for run in befores], run.get(key), masked) for run in afters]
        steady = set.intersection(*({difference.place for difference in each} for each in found))
        differences += [difference for difference in found[0] if difference.place in steady]
        passing = [difference for each in found for difference in each if difference.place not in steady]
        masks += [Mask(probe=key[0], key=key[1], place=item.place or _WHOLE, one=item.before, other=f"{item.after} (once)") for item in passing[:1]]
    return Comparison(tuple(differences), tuple(masks))


_Places = dict[str, tuple[str, str]]


def _noise(seen: Sequence[Observation | None]) -> _Places:
    """Where the runs before do not agree: place -> two of the values."""
    first = seen[0]
    places: _Places = {}
    for other in seen[1:]:
        if first is None or other is None:
            if first is not other:
                places[_WHOLE] = (_shown(first), _shown(other))
        elif first.kept:
            if (first.value is None) != (other.value is None):
                places[_WHOLE] = (_shown(first), _shown(other))
        else:
            _walk(first.value, other.value, "", lambda place, one, two: places.setdefault(place, (_text(one), _text(two))))
    return places


def _headers_that_vary(noise: Mapping[tuple[str, str], _Places]) -> dict[str, _Places]:
    """A header that varies in one answer varies: that it happened to be equal in another (a date in the same second) says nothing."""
    found: dict[str, _Places] = {}
    for (probe, _), places in noise.items():
        for place, values in places.items():
            if place.startswith("/headers/"):
                found.setdefault(probe, {})[place] = values
    return found


def _differences(key: tuple[str, str], befores: Sequence[Observation | None], after: Observation | None, masked: _Places) -> list[Difference]:
    probe, name = key
    if _WHOLE in masked:
        return []
    before = befores[0]
    if before is None or before.kept:
        return _lost(key, before, after)
    if after is None:
        return [Difference(probe=probe, key=name, place="", before=_text(before.value), after=ABSENT)]
    found: list[Difference] = []

    def differs(place: str, one: Any, two: Any) -> None:
        if place in masked and _of_one_kind(one, two, [_at(seen.value, place) for seen in befores if seen is not None]):
            return
        if any(mask and place.startswith(mask + "/") for mask in masked):
            return
        found.append(Difference(probe=probe, key=name, place=place, before=_text(one), after=_text(two)))

    _walk(before.value, after.value, "", differs)
    return found


def _lost(key: tuple[str, str], before: Observation | None, after: Observation | None) -> list[Difference]:
    probe, name = key
    if before is None:
        if after is None or after.kept:
            return []  # nothing to keep
        return [Difference(probe=probe, key=name, place="", before=ABSENT, after=_text(after.value))]
    if before.value is not None or (after is not None and after.value is None):
        return []
    return [Difference(probe=probe, key=name, place="", before="fine", after=ABSENT if after is None else _text(after.value))]


def _walk(one: Any, two: Any, place: str, differs: Callable[[str, Any, Any], object]) -> None:
    """Call `differs` for every place where two JSON values are not equal. A place is a JSON pointer with `*` for every index."""
    if one is two or (one is not _Absent and two is not _Absent and _canonical(one) == _canonical(two)):
        return
    if isinstance(one, dict) and isinstance(two, dict):
        for key in dict.fromkeys((*one, *two)):
            _walk(one.get(key, _Absent), two.get(key, _Absent), f"{place}/{_escaped(key)}", differs)
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        if sorted(map(_canonical, one)) == sorted(map(_canonical, two)):
            differs(f"{place}/(order)", one, two)
            return
        for left, right in zip(one, two, strict=True):
            _walk(left, right, f"{place}/*", differs)
    else:
        differs(place, one, two)


class _Absent:
    """Stands for a key that an object does not have."""


def _of_one_kind(one: Any, two: Any, seen: Sequence[list[Any]]) -> bool:
    """Whether `two` is what the noise at its place allows: of the same type, and a text like the ones seen there but for the words that vary."""
    values = [value for values in seen for value in values]
    if type(two) not in {type(value) for value in (one, *values)}:
        return False
    if not isinstance(two, str):
        return not isinstance(two, list) or bool(two) or any(value == [] for value in values)
    texts = [value for value in values if isinstance(value, str)]
    if not any(words_differ(text) for text in texts):
        return bool(two) or "" in texts
    return any(matches(left, right, two) for left in texts for right in texts if left != right) or two in texts


def _at(value: Any, place: str) -> list[Any]:
    """The values at `place`; several where it holds `*`."""
    values = [value]
    for part in place.removesuffix("/(order)").split("/")[1:]:
        following: list[Any] = []
        for item in values:
            if part == "*" and isinstance(item, list):
                following += item
            elif isinstance(item, dict):
                key = part.replace("~1", "/").replace("~0", "~")
                following.append(item.get(key, _Absent))
        values = following
    return values


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _shown(seen: Observation | None) -> str:
    return ABSENT if seen is None else "fine" if seen.kept and seen.value is None else _text(seen.value)


def _text(value: Any) -> str:
    if value is _Absent:
        return ABSENT
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
