"""What an image holds: its packages, its distributions, its files, counted each by itself."""

from paredown.holdings import PYTHON, Contents, Held, Subject
from paredown.packages.installed import Package
from paredown.packages.present import present
from paredown.packages.release import Release, release_of
from paredown.pydist.distributions import distributions, site_folders
from paredown.pydist.facts import Distribution
from paredown.pydist.installed_files import is_left, is_marked
from paredown.tree import Kind, Tree


def contents_of(tree: Tree) -> Contents:
    """What is in `tree`. A distribution that a package of the system brought is that package; one of conda's is a distribution."""
    release = release_of(tree)
    packages = present(tree)
    found = [each for each in distributions(tree, site_folders(tree)) if is_left(each, tree)]
    brought_by = {path: package for package in packages for path in package.files}
    bringers = [next((brought_by[path] for path in _metadata(each) if path in brought_by), None) for each in found]
    as_distributions = {bringer.name for bringer in bringers if bringer is not None and bringer.kind == "conda"}
    held = [_of_package(package, release) for package in packages if package.name not in as_distributions]
    held += [_of_distribution(each, tree) for each, bringer in zip(found, bringers, strict=True) if bringer is None or bringer.kind == "conda"]
    return Contents(packages=tuple(held), files=sum(entry.kind is not Kind.FOLDER for entry in tree.values()))


def _metadata(distribution: Distribution) -> tuple[str, ...]:
    return tuple(f"{distribution.metadata}{name}" for name in ("/METADATA", "/PKG-INFO", ""))


def _of_package(package: Package, release: Release) -> Held:
    return Held(name=package.name, version=package.version, kind=package.kind, reduced=package.marked, subject=_subject(package, release))


def _subject(package: Package, release: Release) -> Subject | None:
    match package.kind, release.distribution:
        case "dpkg", "debian":
            releases = tuple(filter(None, (release.version, release.codename)))
            return Subject(ecosystem="Debian", name=package.source, version=package.source_version, releases=releases)
        case "apk", "alpine":
            branch = f"v{'.'.join(release.version.split('.')[:2])}"
            return Subject(ecosystem="Alpine", name=package.source, version=package.source_version, releases=(branch,))
        case _:
            return None


def _of_distribution(distribution: Distribution, tree: Tree) -> Held:
    subject = Subject(ecosystem=PYTHON, name=distribution.name, version=distribution.version)
    return Held(name=distribution.name, version=distribution.version, kind=PYTHON, reduced=is_marked(distribution, tree), subject=subject)
