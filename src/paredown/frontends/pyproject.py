"""What pyproject.toml, setup.cfg and setup.py say of a project: its name, its Python, what it depends on, whether it is a package."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paredown import toml_file
from paredown.frontends.project_files import ProjectFiles
from paredown.origin import Origin, line_of

# Backends that find the package by the project's name and fail when it is not there.
_BY_NAME = ("poetry", "hatchling", "uv_build", "flit", "pdm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The project's own description. `requirements` are its run-time dependencies as written; None when only running code can tell.

    `packages` are the top-level modules that installing it brings, as far as the folders tell; `package` whether it is installed at all.
    `extras` are (name, requirements as written); None when only running code can tell.
    """

    file: str | None
    name: str | None
    pyproject: Mapping[str, Any]
    text: str
    requires_python: tuple[str, Origin] | None
    requirements: tuple[str, ...] | None
    extras: tuple[tuple[str, tuple[str, ...]], ...] | None
    scripts: tuple[tuple[str, str], ...]
    package: bool
    packages: tuple[str, ...]
    source_folder: str  # what holds the top-level modules: "." or "src"
    notes: tuple[str, ...] = ()

    def tool(self, name: str) -> Mapping[str, Any]:
        """The `[tool.NAME]` table, empty when absent."""
        return mapping(mapping(self.pyproject.get("tool")).get(name))

    @property
    def project(self) -> Mapping[str, Any]:
        """The `[project]` table, empty when absent."""
        return mapping(self.pyproject.get("project"))


def mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> tuple[str, ...]:
    """The strings of an array, () for anything else."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def normalised(name: str) -> str:
    """A distribution's name as the simple index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of_requirement(requirement: str) -> str | None:
    """The normalised name that a requirement line starts with."""
    found = re.match(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?![\w/:\\.])", requirement)
    return normalised(found[1]) if found else None


def read(files: ProjectFiles, document: Mapping[str, Any], folder: str = ".") -> Manifest:
    """The manifest of the project (or of a workspace's member) in `folder`. `document` is its pyproject.toml, parsed."""
    prefix = "" if folder == "." else f"{folder}/"
    text = files.text(f"{prefix}pyproject.toml") or ""
    project = mapping(document.get("project"))
    tool = mapping(document.get("tool"))
    poetry = mapping(tool.get("poetry"))
    setup = _setup(files, prefix)
    names = (project.get("name"), poetry.get("name"), setup.name)
    name = next((value for value in names if isinstance(value, str)), None)
    package, notes = _is_package(files, document, prefix, name, setup=setup)
    source_folder, packages = _top_level(files, prefix, name)
    return Manifest(
        file=setup.file if setup.file and not project and not poetry else f"{prefix}pyproject.toml" if text else None,
        name=name,
        pyproject=document,
        text=text,
        requires_python=_requires_python(files, document, prefix, setup),
        requirements=_requirements(document, setup),
        extras=_extras(document, setup),
        scripts=tuple(
            sorted(
                (key, value)
                for key, value in {**mapping(poetry.get("scripts")), **mapping(project.get("scripts")), **dict(setup.scripts)}.items()
                if isinstance(value, str)
            )
        ),
        package=package,
        packages=packages,
        source_folder=source_folder,
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class _Setup:
    file: str | None = None
    name: str | None = None
    requires_python: str | None = None
    requirements: tuple[str, ...] | None = None
    extras: tuple[tuple[str, tuple[str, ...]], ...] | None = ()
    scripts: tuple[tuple[str, str], ...] = ()


def _setup(files: ProjectFiles, prefix: str) -> _Setup:
    """setup.cfg goes before setup.py, which is only looked at, never run."""
    configuration = files.text(f"{prefix}setup.cfg")
    if configuration is not None and "[metadata]" in configuration:
        found = _setup_cfg(configuration, f"{prefix}setup.cfg")
        if found.name:
            return found
    script = files.text(f"{prefix}setup.py")
    return _Setup() if script is None else _setup_py(script, f"{prefix}setup.py")


def _setup_cfg(text: str, file: str) -> _Setup:
    import configparser  # noqa: PLC0415 - few projects have a setup.cfg

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return _Setup()
    scripts = re.findall(r"^\s*([\w.-]+)\s*=\s*([\w.:]+)", parser.get("options.entry_points", "console_scripts", fallback=""), re.MULTILINE)
    requirements = _setup_cfg_requirements(parser.get("options", "install_requires", fallback=""))
    optional = parser["options.extras_require"] if parser.has_section("options.extras_require") else {}
    return _Setup(
        file=file,
        name=parser.get("metadata", "name", fallback=None),
        requires_python=parser.get("options", "python_requires", fallback=None),
        requirements=requirements,
        extras=tuple((name, _setup_cfg_requirements(text) or ()) for name, text in optional.items()),
        scripts=tuple(scripts),
    )


def _setup_cfg_requirements(text: str) -> tuple[str, ...] | None:
    lines = [line.strip() for line in text.splitlines()]
    dynamic = any(line.startswith(("file:", "attr:")) for line in lines)
    return None if dynamic else tuple(line for line in lines if line and not line.startswith("#"))


def _setup_py(text: str, file: str) -> _Setup:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return _Setup(file=file)
    values: dict[str, Any] = {}
    constants = {
        node.targets[0].id: node.value
        for node in module.body
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "setup":
            for keyword in node.keywords:
                value = constants.get(keyword.value.id, keyword.value) if isinstance(keyword.value, ast.Name) else keyword.value
                try:
                    values[keyword.arg or ""] = ast.literal_eval(value)
                except (ValueError, TypeError):
                    values[keyword.arg or ""] = None
    points = values.get("entry_points")
    lines = points.get("console_scripts") if isinstance(points, dict) else points if isinstance(points, str) else None
    found = re.findall(r"^\s*([\w.-]+)\s*=\s*([\w.]+:[\w.]+)", "\n".join(lines) if isinstance(lines, list) else lines or "", re.MULTILINE)
    requires = values.get("install_requires", [] if "install_requires" not in values else None)
    optional = values.get("extras_require", {} if "extras_require" not in values else None)
    return _Setup(
        file=file,
        name=values["name"] if isinstance(values.get("name"), str) else None,
        requires_python=values["python_requires"] if isinstance(values.get("python_requires"), str) else None,
        requirements=strings(requires) if isinstance(requires, list) else None,
        extras=tuple((str(name), strings(lines)) for name, lines in optional.items()) if isinstance(optional, dict) else None,
        scripts=tuple(found),
    )


def _requires_python(files: ProjectFiles, document: Mapping[str, Any], prefix: str, setup: _Setup) -> tuple[str, Origin] | None:
    file = f"{prefix}pyproject.toml"
    text = files.text(file) or ""
    written = mapping(document.get("project")).get("requires-python")
    if isinstance(written, str):
        return written, Origin(file, toml_file.line_of_key(text, ("project", "requires-python")))
    python = mapping(mapping(mapping(document.get("tool")).get("poetry")).get("dependencies")).get("python")
    if isinstance(python, str):
        return python, Origin(file, toml_file.line_of_key(text, ("tool", "poetry", "dependencies", "python")))
    if setup.requires_python and setup.file:
        return setup.requires_python, Origin(setup.file, line_of(files.text(setup.file) or "", "python_requires"))
    return None


def _extras(document: Mapping[str, Any], setup: _Setup) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    project = mapping(document.get("project"))
    if project and "optional-dependencies" not in strings(project.get("dynamic")):
        return tuple((name, strings(lines)) for name, lines in mapping(project.get("optional-dependencies")).items())
    poetry = mapping(mapping(mapping(document.get("tool")).get("poetry")).get("extras"))
    if poetry:
        return tuple((name, strings(lines)) for name, lines in poetry.items())
    return None if project and setup.file is None else setup.extras


def _requirements(document: Mapping[str, Any], setup: _Setup) -> tuple[str, ...] | None:
    project = mapping(document.get("project"))
    if project:
        return None if "dependencies" in strings(project.get("dynamic")) else strings(project.get("dependencies"))
    dependencies = mapping(mapping(mapping(document.get("tool")).get("poetry")).get("dependencies"))
    if dependencies:
        return tuple(name for name, value in dependencies.items() if name != "python" and not mapping(value).get("optional"))
    return setup.requirements


def _is_package(files: ProjectFiles, document: Mapping[str, Any], prefix: str, name: str | None, *, setup: _Setup) -> tuple[bool, tuple[str, ...]]:
    tool = mapping(document.get("tool"))
    uv, poetry = mapping(tool.get("uv")), mapping(tool.get("poetry"))
    if uv.get("package") is False or poetry.get("package-mode") is False or mapping(tool.get("pdm")).get("distribution") is False:
        return False, ()
    build = mapping(document.get("build-system"))
    if not build:
        if uv.get("package") is True:
            return True, ()
        has_project = bool(mapping(document.get("project")))
        return (setup.file is not None and not has_project), ()
    if name is None and setup.file is None:
        return False, ()
    backend = str(build.get("build-backend", ""))
    if name is None or not backend.startswith(_BY_NAME) or _names_its_packages(tool):
        return True, ()
    if _top_level(files, prefix, name)[1]:
        return True, ()
    return False, (f"pyproject.toml names a build backend, but no folder `{name.replace('-', '_')}` is there to build: the project is copied as an app.",)


def _names_its_packages(tool: Mapping[str, Any]) -> bool:
    poetry, hatch = mapping(tool.get("poetry")), mapping(mapping(tool.get("hatch")).get("build"))
    return bool(
        poetry.get("packages")
        or hatch
        or mapping(tool.get("uv")).get("build-backend")
        or tool.get("flit")
        or tool.get("setuptools")
        or mapping(tool.get("pdm")).get("build")
    )


def _top_level(files: ProjectFiles, prefix: str, name: str | None) -> tuple[str, tuple[str, ...]]:
    """The folder that holds the modules, and their names: everything in src/, else what has the project's name."""
    source = f"{prefix}src"
    if files.is_folder(source) and not files.exists(f"{source}/__init__.py"):
        inner = tuple(
            item.removesuffix(".py")
            for item in files.names(source)
            if (item.isidentifier() and files.is_folder(f"{source}/{item}")) or (item.removesuffix(".py").isidentifier() and item.endswith(".py"))
        )
        if inner:
            return "src", inner
    if name is None:
        return ".", ()
    wanted = {normalised(name).replace("-", "_"), normalised(name).replace("-", ""), name.split(".")[0].lower()}
    inner = tuple(
        item.removesuffix(".py")
        for item in files.names(prefix or ".")
        if item.removesuffix(".py").lower().replace("-", "_") in wanted and (item.endswith(".py") or files.is_folder(prefix + item))
    )
    return ".", inner
