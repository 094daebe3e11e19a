"""Which packages stay, and why."""

from dataclasses import replace
from typing import Any

from builders import tree_of
from package_roots import conda, conda_record
from paredown.composers.ownership import attribute
from paredown.packages.installed import installed
from paredown.pydist.constants import Constants
from paredown.pydist.facts import Elf, Facts
from paredown.tree import Tree, file_of
from paredown.trims.unneeded_packages import needed_packages, unneeded_packages

LIBRARIES = "usr/lib/x86_64-linux-gnu"


def root(packages: dict[str, tuple[str, ...]], depends: dict[str, str] | None = None, more: dict[str, Any] | None = None) -> Tree:
    """A root with these files of packages, as dpkg lists them."""
    files: dict[str, Any] = {path: b"x" for paths in packages.values() for path in paths}
    lists = {f"var/lib/dpkg/info/{name}.list": "".join(f"/{path}\n" for path in paths).encode() for name, paths in packages.items()}
    status = "".join(f"Package: {name}\nVersion: 1\nDepends: {(depends or {}).get(name, '')}\n\n" for name in packages)
    return attribute(tree_of({**files, **lists, "var/lib/dpkg/status": status.encode(), **(more or {})}).with_parents())


def facts(elves: dict[str, tuple[str, ...]] | None = None, *, named: Constants | None = None, **more: Any) -> Facts:
    given: dict[str, Any] = {
        "python": "3.13", "standard_library": "usr/lib/python3.13", "site": (), "command": ("gunicorn", "shop:app"), "named": named or Constants(),
        "elves": {path: Elf(path=path, needed=needed) for path, needed in (elves or {}).items()},
    }  # fmt: skip
    return Facts(**{**given, **more})


def kept(tree: Tree, known: Facts) -> dict[str, str]:
    found = needed_packages(tree, known, installed(tree))
    assert found is not None
    return found


def test_what_a_kept_extension_module_needs_stays_with_what_that_needs() -> None:
    tree = root(
        {"libpq5": (f"{LIBRARIES}/libpq.so.5",), "libssl3": (f"{LIBRARIES}/libssl.so.3",), "libmariadb3": (f"{LIBRARIES}/libmariadb.so.3",)},
        more={"opt/venv/lib/python3.13/site-packages/psycopg_c.so": b"x"},
    )
    elves = {"opt/venv/lib/python3.13/site-packages/psycopg_c.so": ("libpq.so.5",), f"{LIBRARIES}/libpq.so.5": ("libssl.so.3",), f"{LIBRARIES}/libssl.so.3": ()}
    assert set(kept(tree, facts(elves))) == {"libpq5", "libssl3"}


def test_a_program_that_code_names_stays_through_its_alternative_with_its_dependencies() -> None:
    tree = root(
        {"tesseract-ocr": ("usr/bin/tesseract-5",), "tesseract-ocr-eng": ("usr/share/tessdata/eng.traineddata",), "perl-base": ("usr/bin/perl",)},
        {"tesseract-ocr": "tesseract-ocr-eng | tesseract-ocr-osd, perl-base"},
        {"usr/bin/tesseract": "-> /etc/alternatives/tesseract", "etc/alternatives/tesseract": "-> /usr/bin/tesseract-5"},
    )
    found = kept(tree, facts(named=Constants(programs=frozenset({"tesseract"}))))
    assert set(found) == {"tesseract-ocr", "tesseract-ocr-eng"}
    assert found["tesseract-ocr-eng"] == "tesseract-ocr depends on it"


def test_data_and_plugins_that_were_installed_for_what_is_needed_stay() -> None:
    data = "usr/share/tesseract-ocr/5/tessdata"
    tree = root(
        {
            "tesseract-ocr": ("usr/bin/tesseract", f"{data}/configs", "usr/share/doc/tesseract-ocr", "usr/share/doc/copyright"),
            "tesseract-ocr-eng": (f"{data}/eng.traineddata",),
            "tesseract-ocr-spa": (f"{data}/spa.traineddata",),
            "tesseract-ocr-dev": (f"{data}/training.h",),
            "tesseract-tools": (f"{data}/extra", "usr/bin/combine"),
            "git-doc-of-all": ("usr/share/doc/git", f"{LIBRARIES}/libgit.so.1"),
        },
        {"tesseract-ocr": "tesseract-ocr-eng"},
    )
    found = kept(tree, facts(named=Constants(programs=frozenset({"tesseract"}))))
    assert set(found) == {"tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-spa"}
    assert found["tesseract-ocr-spa"] == f"/{data}/spa.traineddata lies beside what tesseract-ocr has"


def test_a_folder_that_code_names_says_something_only_where_few_packages_share_it() -> None:
    fonts = root({"fonts-dejavu": ("usr/share/fonts/truetype/DejaVu.ttf",)})
    assert set(kept(fonts, facts(named=Constants(paths=frozenset({"/usr/share/fonts/truetype"}))))) == {"fonts-dejavu"}
    many = root({f"p{number}": (f"usr/share/data/sets/{number}",) for number in range(9)})
    assert kept(many, facts(named=Constants(paths=frozenset({"/usr/share/data/sets"})))) == {}


def test_data_that_anything_may_read_and_what_is_to_be_kept_stay() -> None:
    tree = root({"tzdata": ("usr/share/zoneinfo/UTC",), "git": ("usr/bin/git",), "curl": ("usr/bin/curl",)})
    assert set(kept(tree, facts(keep=("/usr/bin/git",), spared=frozenset({"usr/bin/curl"})))) == {"tzdata", "git", "curl"}


def test_a_shell_is_needed_with_its_usual_company_only_where_the_app_starts_one() -> None:
    tree = root({"dash": ("usr/bin/dash",), "coreutils": ("usr/bin/ls",)})
    assert kept(tree, facts()) == {}
    assert set(kept(tree, facts(starts_shell=("app/main.py",)))) == {"dash", "coreutils"}


def test_a_file_that_a_needed_package_has_too_stays() -> None:
    tree = root({"tzdata": ("usr/share/both", "usr/share/zoneinfo/UTC"), "git": ("usr/share/both", "usr/bin/git")})
    assert [path for path, _ in unneeded_packages.find(tree, facts())] == ["usr/bin/git"]


def test_nothing_goes_where_the_packages_were_chosen_for_the_service() -> None:
    tree = root({"git": ("usr/bin/git",)})
    known = facts()
    assert list(unneeded_packages.find(tree, known)) != []
    assert list(unneeded_packages.find(tree, Facts(python="3.13", standard_library="usr/lib/python3.13", site=(), command=known.command))) == []


def test_what_the_interpreter_imports_from_a_package_stays_and_what_another_one_does_goes() -> None:
    tree = root({"python3-flask": ("usr/lib/python3/dist-packages/flask/__init__.py",), "python3-hg": ("usr/lib/python3.11/dist-packages/hg.py",)})
    assert set(kept(tree, facts())) == {"python3-flask"}
    assert kept(tree, facts(standard_library="usr/local/lib/python3.13")) == {}


def test_of_a_conda_environment_stays_what_its_python_imports_and_needs() -> None:
    tree = attribute(conda(
        python=conda_record("python", "bin/python3.13", "lib/python3.13/os.py", depends=["openssl >=3.5", "tk"]),
        openssl=conda_record("openssl", "lib/libssl.so.3", depends=["ca-certificates"]),
        certificates=conda_record("ca-certificates", "ssl/cacert.pem"),
        tk=conda_record("tk", "lib/libtk8.6.so"),
        flask=conda_record("flask", "lib/python3.13/site-packages/flask/__init__.py"),
        ffmpeg=conda_record("ffmpeg", "bin/ffmpeg"),
        git=conda_record("git", "bin/git"),
    ))  # fmt: skip
    found = kept(tree, facts(standard_library="opt/conda/lib/python3.13", named=Constants(programs=frozenset({"ffmpeg"}))))
    assert set(found) == {f"{name} (/opt/conda)" for name in ("python", "openssl", "ca-certificates", "flask", "ffmpeg")}


def test_a_program_that_is_a_script_keeps_what_it_runs_on_with_its_modules() -> None:
    tree = root(
        {"exiftool": ("usr/bin/exiftool",), "perl": ("usr/share/perl/5.40/File/Find.pm",), "perl-base": ("usr/bin/perl",), "git": ("usr/bin/git",)},
        {"exiftool": "perl:any", "git": "perl"},
        {"usr/bin/exiftool": file_of(b"#!/usr/bin/env perl\n", mode=0o755)},
    )
    assert set(kept(tree, facts(named=Constants(programs=frozenset({"exiftool"}))))) == {"exiftool", "perl", "perl-base"}
    assert set(kept(tree, facts(named=Constants(programs=frozenset({"git"}))))) == {"git"}


def test_another_python_stays_where_a_program_that_the_command_names_runs_on_it() -> None:
    tree = root(
        {"supervisor": ("usr/bin/supervisord",), "python3": ("usr/bin/pdb3",), "python3-minimal": ("usr/bin/python3",), "python3.11": ("usr/bin/python3.11",)},
        {"supervisor": "python3:any", "python3": "python3.11"},
        {"usr/bin/supervisord": file_of(b"#!/usr/bin/python3\n", mode=0o755), "usr/bin/python3": "-> python3.11"},
    )
    service = facts(standard_library="usr/local/lib/python3.13")
    assert kept(tree, service) == {}
    named = replace(service, command=("supervisord", "-n"))
    assert set(kept(tree, named)) == {"supervisor", "python3", "python3-minimal", "python3.11"}


def test_of_two_pythons_the_one_that_a_path_finds_first_is_what_scripts_run_on() -> None:
    tree = root(
        {"python3.11": ("usr/bin/python3", "usr/lib/python3.11/os.py"), "tool": ("usr/bin/tool",)},
        more={
            "usr/local/bin/python3*": b"x", "usr/local/lib/python3.11/os.py": b"",
            "usr/local/lib/python3.11/base64.py": file_of(b"#! /usr/bin/env python3\n", mode=0o755),
            "usr/bin/tool": file_of(b"#!/usr/bin/env python3\n", mode=0o755),
        },
    )  # fmt: skip
    service = facts(standard_library="usr/local/lib/python3.11", named=Constants(programs=frozenset({"tool"})))
    assert set(kept(tree, service)) == {"tool"}


def test_of_two_libraries_of_one_name_the_one_in_usr_local_is_what_is_loaded() -> None:
    program = "usr/local/bin/python3.11"
    shared = "libpython3.11.so.1.0"
    packages = {"libpython3.11": (f"{LIBRARIES}/{shared}",)}
    needing = facts({program: (shared,), f"{LIBRARIES}/{shared}": (), f"usr/local/lib/{shared}": (), f"opt/vendored/{shared}": ()})
    assert kept(root(packages, more={program: b"x", f"usr/local/lib/{shared}": b"x"}), needing) == {}
    assert set(kept(root(packages, more={program: b"x", f"opt/vendored/{shared}": b"x"}), needing)) == {"libpython3.11"}
