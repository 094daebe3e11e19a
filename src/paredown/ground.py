"""What one platform's image stands on: its base, its distributions and its service files, known by key before anything is unpacked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import assert_never

from paredown.composers import build_root, debian_base, dependencies
from paredown.composers.build_root import BuildRoot
from paredown.composers.dependencies import Resolved
from paredown.composers.interface import Means
from paredown.lock import DebianPins, Lock
from paredown.oci.model import ImageConfig
from paredown.plan import Architecture, DebianBase, ImageBase, InstallDependencies, InstallSystem, Plan
from paredown.tree import Tree, keyed


@dataclass(slots=True)
class Builder:
    """The build root, made when a source distribution first asks for it; keeps the pins it was made of."""

    make: Callable[[], tuple[BuildRoot, DebianPins | None]]
    root: BuildRoot | None = None
    pins: list[DebianPins] = field(default_factory=list)

    def pinned(self, lock: Lock) -> Lock:
        """`lock` with the pins of the build root, if one was made."""
        for pins in self.pins:
            lock = lock.with_pins(pins)
        return lock

    def __call__(self) -> BuildRoot:
        if self.root is None:
            self.root, pins = self.make()
            self.pins += [pins] if pins else []
        return self.root


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The base and the distributions of one architecture. `lock` is paredown.lock with what had to be solved for them,
    `distributions_key` is the same on every architecture.

    `config` is that of an image as base; `base` and `distributions` compose (from the store, mostly) when they are called.
    """

    architecture: Architecture
    python: str
    interpreter: str
    key: str
    distributions_key: str
    lock: Lock
    base: Callable[[], Tree]
    distributions: Callable[[], Tree]
    build: Builder
    config: ImageConfig | None = None


def survey(plan: Plan, architecture: Architecture, *, lock: Lock, means: Means) -> Ground:
    """Pin the base and resolve the distributions, from `lock` where it fits; nothing is unpacked that the store knows already."""
    system = system_step(plan)
    match plan.base:
        case DebianBase() as base:
            return _on_debian(plan, base, system, architecture, lock, means)
        case ImageBase() as base:
            return _on_image(plan, base, system, architecture, lock, means)
        case never:
            assert_never(never)


def system_step(plan: Plan) -> InstallSystem:
    """The packages of all the plan's steps."""
    steps = [step for step in plan.steps if isinstance(step, InstallSystem)]
    return InstallSystem(
        packages=tuple(sorted({name for step in steps for name in step.packages})),
        build_packages=tuple(sorted({name for step in steps for name in step.build_packages})),
        origin=steps[0].origin if steps else plan.command.origin,
    )


def _on_debian(plan: Plan, base: DebianBase, system: InstallSystem, architecture: Architecture, lock: Lock, means: Means) -> Ground:
    pins = debian_base.pin(base, system.packages, architecture.value, purpose="run", lock=lock, means=means, where=system.origin, shell=plan.shell)
    lock = lock.with_pins(pins)
    toolbox = debian_base.toolbox_of(base, pins, lock=lock, means=means, where=system.origin)
    lock = lock.with_pins(toolbox) if toolbox is not None else lock
    builder = Builder(lambda: build_root.compose(base, system.build_packages, system.packages, lock=lock, means=means, where=system.origin))
    interpreter = debian_base.interpreter_of(base)
    tools = [pin.sha256 for pin in toolbox.packages] if toolbox else []
    return _with_distributions(
        plan,
        architecture,
        python=base.python,
        interpreter=interpreter,
        base=lambda: debian_base.compose(base, pins, system.packages, means, shell=plan.shell, toolbox=toolbox),
        base_key=[base.suite, base.python, [pin.sha256 for pin in pins.packages], tools, system.packages],
        builder=builder,
        lock=lock,
        means=means,
        config=None,
    )


def _on_image(plan: Plan, base: ImageBase, system: InstallSystem, architecture: Architecture, lock: Lock, means: Means) -> Ground:
    from paredown.composers import image_base

    tree, config, python, interpreter = image_base.compose(base, architecture.value, means)
    builder = Builder(lambda: (build_root.from_tree(tree, python=python, interpreter=interpreter, build_packages=system.build_packages, means=means), None))
    return _with_distributions(
        plan,
        architecture,
        python=python,
        interpreter=interpreter,
        base=lambda: tree,
        base_key=[tree.key()],
        builder=builder,
        lock=lock,
        means=means,
        config=config,
    )


def _with_distributions(
    plan: Plan, architecture: Architecture, *, python: str, interpreter: str, base: Callable[[], Tree], base_key: list[object], builder: Builder,
    lock: Lock, means: Means, config: ImageConfig | None,
) -> Ground:  # fmt: skip
    steps = [step for step in plan.steps if isinstance(step, InstallDependencies)]
    resolved: list[tuple[InstallDependencies, Resolved]] = []
    for step in steps:
        answer = dependencies.resolve(step, Path(plan.project), python, lock=lock, means=means, build=builder)
        resolved.append((step, answer))
        if answer.changed:
            lock = replace(lock, pylock_inputs=answer.inputs, pylock=answer.pylock)

    def distributions() -> Tree:
        from paredown.composers import venv

        parts = [
            dependencies.compose(answer, step, python=python, interpreter=interpreter, architecture=architecture, build=builder, means=means)
            for step, answer in resolved
        ]
        return venv.skeleton(python, interpreter).over(*parts)

    return Ground(
        architecture=architecture,
        python=python,
        interpreter=interpreter,
        key=keyed([architecture, python, interpreter, base_key, [[answer.inputs, answer.pylock, str(step)] for step, answer in resolved]]),
        distributions_key=keyed([python, [[answer.inputs, str(step)] for step, answer in resolved]]),
        lock=lock,
        base=base,
        distributions=distributions,
        build=builder,
        config=config,
    )
