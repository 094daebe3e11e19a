"""The conductor of `paredown check`: finds what to look at, asks the rules, mends what shall be mended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from paredown.checks.build_contexts import BuildContext, by_compose_files, by_copied_files, placed
from paredown.checks.choice import Choice, Chooser
from paredown.checks.concealment import concealed
from paredown.checks.replacing import diff_of, replace_file
from paredown.checks.subjects import Kind, Subject, Unreadable, content_of, subjects
from paredown.composers.git_index import git_folder
from paredown.composers.interface import Means
from paredown.dockerfile.parse import LARGEST, decoded, encoded
from paredown.errors import ParedownError
from paredown.finding import Checked, Checkup, Described, Finding, Severity
from paredown.rules.interface import Rule
from paredown.rules.mending import mended
from paredown.rules.recipe import FolderContext

Look = Callable[[str], tuple[Finding, ...]]


class Mend(StrEnum):
    """Which edits to make: none, those that keep behaviour by argument, or all."""

    NOTHING = "nothing"
    SAFE = "safe"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to check, and how. `select`, `ignore` and `fail_on` go before settings; `context` is the folder that Dockerfiles are built from.

    With `write` the edits are made in place; without it only their diff is told.
    """

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    context: Path | None = None
    mend: Mend = Mend.NOTHING
    write: bool = False


def check(request: Request, means: Callable[[], Means]) -> Checkup:
    """All that the request names, looked at; what cannot be read is told beside the rest. `means` is asked for when there is an image.

    Raises UserError for what concerns all: settings, and names that no rule has.
    """
    run = _Run(request, means, Chooser(request.select, request.ignore, request.fail_on))
    found = tuple(subjects(request.paths))
    run.contexts.update(by_compose_files(one for one in found if isinstance(one, Subject)))
    files = tuple(run.checked(one) for one in found)
    return Checkup(files=files, rules=tuple(run.asked[name] for name in sorted(run.asked)))


@dataclass(slots=True)
class _Run:
    request: Request
    means: Callable[[], Means]
    chooser: Chooser
    asked: dict[str, Described] = field(default_factory=dict)
    contexts: dict[Path, Path] = field(default_factory=dict)  # of Dockerfiles, both absolute

    def checked(self, found: Subject | Unreadable) -> Checked:
        """What the rules say of one subject."""
        if isinstance(found, Unreadable):
            return Checked(file=found.name, location=_location(Path(found.name)), kind="", problem=found.problem)
        choice = self.chooser.choice(found.path.absolute())
        location = _location(found.path) if found.kind is not Kind.IMAGE or found.path.exists() else found.name
        checked = Checked(file=found.name, location=location, kind=found.kind.value)
        try:
            checked = self._looked_at(checked, found, choice)
        except ParedownError as error:
            return replace(checked, problem=error)
        return replace(checked, failing=sum(finding.severity.rank <= choice.fail_on.rank for finding in checked.findings))

    def _looked_at(self, checked: Checked, subject: Subject, choice: Choice) -> Checked:
        if subject.kind is Kind.IMAGE:
            return replace(checked, findings=self._of_image(subject, choice))
        before = content_of(subject, LARGEST)
        text = decoded(before, subject.name)
        look = self._look(subject, choice, text)
        findings = look(text)
        if self.request.mend is Mend.NOTHING or not any(finding.edits for finding in findings):
            return _shown(checked, text, findings)
        after, made = mended(text, look, only_safe=self.request.mend is Mend.SAFE)
        if not self.request.write:
            return _shown(replace(checked, mended=made, diff=diff_of(text, after, checked.file)), text, findings)
        if after == text:
            return _shown(checked, text, findings)
        replace_file(subject, encoded(after))
        return _shown(replace(checked, mended=made), after, look(after))

    def _look(self, subject: Subject, choice: Choice, text: str) -> Look:
        """The rules for a file of this kind, to be asked of its text."""
        name, own = subject.name, FolderContext(subject.path.absolute().parent)
        match subject.kind:  # rules of one kind are loaded when there is such a file
            case Kind.DOCKERFILE:
                from paredown.rules import dockerfiles
                from paredown.rules.examine import examine

                found = self._context(subject.path, text, subject.root)
                context = FolderContext(found.folder) if found.folder else None
                return partial(examine, file=name, context=context, place=found.place, rules=self._chosen(choice, dockerfiles.RULES))
            case Kind.COMPOSE:
                from paredown.rules import compose_files
                from paredown.rules.examine_compose import examine_compose

                return partial(examine_compose, file=name, context=own, rules=self._chosen(choice, compose_files.RULES))
            case Kind.IGNORE_FILE:
                from paredown.rules import ignore_files
                from paredown.rules.examine_ignore_file import examine_ignore_file

                return partial(examine_ignore_file, file=name, context=own, rules=self._chosen(choice, ignore_files.RULES))
            case Kind.IMAGE:
                raise AssertionError("an image has no text")
            case unreachable:
                assert_never(unreachable)

    def _context(self, path: Path, text: str, top: Path) -> BuildContext:
        if self.request.context:
            return placed(path, self.request.context.absolute())
        if (said := self.contexts.get(path.absolute())) is not None:
            return placed(path, said)
        return by_copied_files(path, text, top)

    def _chosen(self, choice: Choice, rules: Iterable[Rule[Any, Any]]) -> tuple[Any, ...]:
        chosen = choice.of(rules)
        for rule in chosen:
            if rule.card.id not in self.asked:
                self.asked[rule.card.id] = rule.described
        return chosen

    def _of_image(self, subject: Subject, choice: Choice) -> tuple[Finding, ...]:
        from paredown.opening import finished
        from paredown.rules import images
        from paredown.rules.examine_image import examine_image

        return examine_image(finished(subject.name, self.means()), self._chosen(choice, images.RULES))


def _shown(checked: Checked, text: str, findings: tuple[Finding, ...]) -> Checked:
    """`checked` with what may be shown of `text` and of its findings: no secrets."""
    return replace(
        checked,
        text=concealed(text) if findings else "",
        findings=tuple(
            replace(
                finding,
                message=concealed(finding.message),
                advice=concealed(finding.advice),
                edits=tuple(replace(edit, text=concealed(edit.text)) for edit in finding.edits),
            )
            for finding in findings
        ),
    )


def _location(path: Path) -> str:
    """`path` relative to the repository around it, or else to the current folder; absolute when it lies in neither."""
    absolute = path.parent.resolve() / path.name
    for root in ((git_folder(absolute.parent) or (None,))[0], Path.cwd()):
        if root is not None and absolute.is_relative_to(root):
            return absolute.relative_to(root).as_posix()
    return absolute.as_posix()
