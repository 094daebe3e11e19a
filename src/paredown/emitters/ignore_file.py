"""A .dockerignore: what never belongs into a build, and what the project's own files add to it."""

_NEVER = (
    ("Version control and what only its tools read.", (".git", ".gitignore", ".gitattributes", ".github", ".gitlab-ci.yml")),
    ("Secrets: the service gets them when it starts.", (".env", ".env.*", "!.env.example", "**/id_rsa*", ".netrc", ".aws", ".ssh")),
    ("What is made anew in the image, for its own machine.", (".venv", "venv", "**/__pycache__", "**/*.py[cod]", "**/*.egg-info", "node_modules")),
    ("Caches of tools, and of editors.", (".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".coverage", ".idea", ".vscode", "**/.DS_Store")),
    ("What builds and starts the image.", ("Dockerfile*", "Containerfile*", ".dockerignore", "compose*.y*ml", "docker-compose*.y*ml", "*.oci.tar")),
)


def ignore_file(existing: str | None = None, exclude: tuple[str, ...] = ()) -> str:
    """The text of a .dockerignore: all of `existing`, as it is, and what it lacks of what never belongs into a build.

    `exclude` are patterns of the settings, as in .gitignore: one without a slash in front holds at any depth.
    """
    there = {line.strip().rstrip("/").removeprefix("**/").removeprefix("/") for line in (existing or "").splitlines()}
    parts = [existing.rstrip("\n") + "\n"] if existing and existing.strip() else []
    for reason, patterns in _NEVER:
        missing = [pattern for pattern in patterns if pattern.removeprefix("**/") not in there]
        if missing:
            parts.append("\n".join((f"# {reason}", *missing)) + "\n")
    more = [pattern.lstrip("/") if "/" in pattern.rstrip("/") else f"**/{pattern}" for pattern in exclude]
    if missing := [pattern for pattern in more if pattern.removeprefix("**/").rstrip("/") not in there]:
        parts.append("\n".join(("# What the settings of paredown exclude.", *missing)) + "\n")
    return "\n".join(parts)
