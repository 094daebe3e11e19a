"""A Comparison for the tests of reports, with what nobody should trust in its names."""

from typing import Any

from paredown.comparison import Change, Comparison, Evidence, Exposure, Figure, Group, Held, Measurement, NotMeasured, Practice, Unit
from paredown.origin import Origin
from paredown.result import Coverage, Culprit, Difference, LayerSize, OwnerSize, Picture, Skipped, Verdict
from paredown.tree import APP, Owner, OwnerKind

HOSTILE = "<script>alert(1)</script>|`*[x](javascript:alert(1)) @everybody \u202e https://evil.example"
BASE = Owner(OwnerKind.BASE, "libc6", "2.41")
NEVER_BUILT = NotMeasured("nothing was built")


def measurement(name: str, before: Figure | NotMeasured, after: Figure | NotMeasured, unit: Unit = Unit.BYTES, group: Group = Group.SIZE) -> Measurement:
    return Measurement(group=group, name=name, unit=unit, before=before, after=after)


def picture(base: int, app: int) -> Picture:
    owners = tuple(OwnerSize(owner=owner, files=1, uncompressed=size, compressed=size // 3) for owner, size in ((BASE, base), (APP, app)))
    layer = LayerSize(name="base", digest="sha256:" + "a" * 64, diff_id="sha256:" + "b" * 64, uncompressed=base + app, compressed=(base + app) // 3)
    return Picture(
        platform="linux/amd64", digest="sha256:" + "c" * 64, layers=(layer,), owners=owners, uncompressed=base + app, compressed=(base + app) // 3
    )  # fmt: skip


def verdict(**parts: Any) -> Verdict:
    plain: dict[str, Any] = {
        "before": "old.tar", "after": "new.tar", "runner": "sandbox", "differences": (), "intended": (), "unproven": (), "skipped": (), "masks": (),
        "coverage": (Coverage(what="routes", exercised=frozenset({"GET /"}), known=frozenset({"GET /", "GET /lazy"})),), "checks": (("http", 1200),),
    }  # fmt: skip
    return Verdict(**{**plain, **parts})


def comparison(**parts: Any) -> Comparison:
    """100 MB against 40 MB, equivalent."""
    plain: dict[str, Any] = {
        "before": picture(90_000_000, 10_000_000),
        "after": picture(30_000_000, 10_000_000),
        "verdict": verdict(),
        "measurements": (
            measurement("image, compressed", Figure(33_000_000), Figure(13_000_000)),
            measurement("start to first answer", Figure(1.5, (1.4, 1.5, 1.6)), Figure(0.5, (0.5, 0.4, 0.6)), Unit.SECONDS, Group.START),
            measurement("first build", NEVER_BUILT, NEVER_BUILT, Unit.SECONDS, Group.BUILD),
            measurement("memory, idle", Figure(50_000_000), NotMeasured("its /proc could not be read"), Unit.BYTES, Group.RUN),
        ),
        "exposures": (Exposure(name="shells", why="most exploits start one", before=("/bin/bash", "/bin/sh"), after=()),),
        "practices": (
            Practice(name="no shell", sources=("CIS 4.3",), before=Evidence(Held.NO, "/bin/sh is there"), after=Evidence(Held.YES, "there is none")),
            Practice(name="runs as any user", sources=("OpenShift",), before=Evidence(Held.UNKNOWN, "no sandbox"), after=Evidence(Held.UNKNOWN, "no sandbox")),
        ),
        "changes": (Change(rule="no-shell", what="took the shell", why="nothing starts one", where=Origin("Dockerfile", 7)),),
        "how": ("Both were run by the sandbox.",),
    }
    return Comparison(**{**plain, **parts})


def hostile() -> Comparison:
    """HOSTILE wherever an image or its service can put a text."""
    told = Evidence(Held.NO, HOSTILE)
    culprit = Culprit(path=HOSTILE, owner=APP, trim=HOSTILE, reason=HOSTILE, fix=HOSTILE)
    difference = Difference(probe="http", key=HOSTILE, place=HOSTILE, before=HOSTILE, after=HOSTILE, culprits=(culprit,))
    meant = Difference(probe="a", key=HOSTILE, place="", before="", after="", intended=HOSTILE)
    skipped = Skipped(what=HOSTILE, reason=HOSTILE)
    unknown = Coverage(what="routes", exercised=frozenset(), known=frozenset({HOSTILE}))
    owner = OwnerSize(owner=Owner(OwnerKind.APP, HOSTILE), files=1, uncompressed=1, compressed=1)
    absent, too = NotMeasured(HOSTILE), NotMeasured(HOSTILE + "2")
    return comparison(
        before=Picture(platform="p", digest=HOSTILE, layers=(), owners=(owner,), uncompressed=1, compressed=1),
        verdict=verdict(
            before=HOSTILE, after=HOSTILE, differences=(difference,), intended=(meant,), unproven=(skipped,), skipped=(skipped,), coverage=(unknown,),
        ),
        measurements=(measurement("memory, idle", absent, too), measurement("files", absent, absent)),
        exposures=(Exposure(name="shells", why="", before=(HOSTILE,), after=(HOSTILE, HOSTILE + "2")),),
        practices=(Practice(name="no shell", sources=("CIS",), before=told, after=told),),
        changes=(Change(rule=HOSTILE, what=HOSTILE, why=HOSTILE, where=Origin(HOSTILE, 1)),),
    )  # fmt: skip
