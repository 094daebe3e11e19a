"""The proof of a build: the image that was written against the same tree before its trims; proved once for the same two."""

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

from paredown.composers.interface import Means
from paredown.foundation import code_key, prepared
from paredown.ground import Ground
from paredown.oci import layout
from paredown.oci.assemble import Image, ImageSet, image_set
from paredown.oci.assemble import image_of as assembled
from paredown.oci.layer_writer import pack
from paredown.oci.model import ImageConfig
from paredown.opening import Opened, image_of, opened
from paredown.plan import Level, Plan, Verification
from paredown.result import Answer, Coverage, Culprit, Difference, Mask, Phase, Skipped, Verdict
from paredown.runners.interface import Runnable
from paredown.stopwatch import Lap, Stopwatch
from paredown.tree import Owner, OwnerKind, Tree, digest_of, keyed
from paredown.verification import SANDBOX, choose, compared

_RECORD = "proof-1"


def prove(plan: Plan, host: Ground, app: Tree, image: Image, made: ImageSet, written: Path | None, settings: Verification, means: Means, lap: Lap) -> Verdict:
    """The verdict on `image`, which is for this machine; `written` is a file or folder that holds it, where there is one. WorldError where nothing can run."""
    runner = choose(None, settings, means)
    key = keyed([code_key(), runner.name, image.descriptor.digest, repr(plan), host.key, app.key(), repr(settings), _digests(settings)])
    known = means.store.recall(_RECORD, key)
    if known is not None:
        lap.reused = True
        return _verdict(known)
    tree = prepared(plan, host, app, Level.NONE, means).tree
    with tempfile.TemporaryDirectory(dir=means.store.scratch) as folder:
        path = None if runner.name == SANDBOX else _as_file(tree, image.config, Path(folder, "untrimmed.tar"), means)
        before = Opened(image_of("untrimmed", image.config, tree, means.store), Runnable(config=image.config, tree=tree, path=path))
        if written is None:
            written = Path(folder, "image.tar")
            layout.write_tar(made, written, means.store)
        after = opened(str(written), means)
        verdict = compared(before, after, runner=runner, settings=settings, environment=means.environment, watch=Stopwatch())
    if verdict.answer is Answer.EQUIVALENT:
        means.store.remember(_RECORD, key, _row(verdict))
    return verdict


def _as_file(tree: Tree, config: ImageConfig, path: Path, means: Means) -> Path:
    """The untrimmed tree as an image of one layer, as engines take it."""
    layer = pack(tree, epoch=means.epoch, compression="gzip", store=means.store, progress=means.progress, task="untrimmed")
    layout.write_tar(image_set([assembled(config, [("untrimmed", layer)])], reference="untrimmed:latest"), path, means.store)
    return path


def _digests(settings: Verification) -> list[str]:
    """Of the user's own files that decide what is asked: requests and tests."""
    root = Path(settings.project)
    named = [root / name for name in (*settings.requests, *settings.test)]
    return [digest_of(path.read_bytes()) for path in named if path.is_file()]


def _row(verdict: Verdict) -> dict[str, Any]:
    """An equivalent verdict as JSON."""
    coverage = [[item.what, sorted(item.exercised), sorted(item.known)] for item in verdict.coverage]
    return {**dataclasses.asdict(dataclasses.replace(verdict, coverage=())), "coverage": coverage}


def _verdict(row: dict[str, Any]) -> Verdict:
    return Verdict(
        before=row["before"],
        after=row["after"],
        runner=row["runner"],
        differences=(),
        intended=tuple(Difference(**{**each, "culprits": tuple(map(_culprit, each["culprits"]))}) for each in row["intended"]),
        unproven=(),
        skipped=tuple(Skipped(**each) for each in row["skipped"]),
        coverage=tuple(Coverage(what=what, exercised=frozenset(exercised), known=frozenset(known)) for what, exercised, known in row["coverage"]),
        masks=tuple(Mask(**each) for each in row["masks"]),
        checks=tuple((probe, count) for probe, count in row["checks"]),
        phases=tuple(Phase(**each) for each in row["phases"]),
    )


def _culprit(row: dict[str, Any]) -> Culprit:
    owner = row["owner"]
    return Culprit(**{**row, "owner": Owner(OwnerKind(owner["kind"]), owner["name"], owner["version"])})
