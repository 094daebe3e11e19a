"""What a hadolint configuration says of rules: those that it ignores."""

from pathlib import Path

from paredown.errors import UserError
from paredown.origin import Origin

CONFIGURATIONS = (".hadolint.yaml", ".hadolint.yml")  # https://github.com/hadolint/hadolint#configure


def ignored_by(path: Path) -> frozenset[str]:
    """The names (`DL3008`) in the `ignored` list of the file at `path`. Raises UserError for what is no YAML."""
    import yaml  # noqa: PLC0415  (loaded when there is such a file)

    try:
        settings = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", where=str(path), fix=f"chmod u+r {path}") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise UserError(f"{path} is no YAML", where=Origin(str(path), mark.line + 1 if mark else None), fix="correct that line") from None
    names = settings.get("ignored") if isinstance(settings, dict) else None
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
