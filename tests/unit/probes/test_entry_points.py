from pathlib import Path

from paredown.probes.entry_points import observe
from resting_service import DOCKER, PAREDOWN, differing, seen, service, site

_POINTS = f"{site(PAREDOWN)}/fastserve-2.1.dist-info/entry_points.txt"


def test_entry_points_are_equal_in_another_layout(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


def test_entry_points_differ_when_a_plugin_is_gone(tmp_path: Path) -> None:
    changes = {_POINTS: b"[console_scripts]\nfastserve = fastserve.cli:main\n"}
    assert differing(observe, service(tmp_path), service(tmp_path, changes=changes)) == ["fastserve"]


def test_entry_points_differ_when_their_file_is_gone(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes={f"{_POINTS}-": None})) == ["fastserve", "fastserve: fastserve"]


def test_script_complains_when_it_is_gone(tmp_path: Path) -> None:
    told = seen(observe, service(tmp_path, changes={"opt/venv/bin/fastserve-": None}))
    assert told["fastserve: fastserve"] == "fastserve is not on PATH"


def test_script_complains_when_another_program_comes_first(tmp_path: Path) -> None:
    changes = {"usr/bin/fastserve*": b"#!/bin/sh\n"}
    told = seen(observe, service(tmp_path, changes=changes, environment=(("PATH", "/usr/bin:/opt/venv/bin"),)))
    assert told["fastserve: fastserve"] == "fastserve on PATH is /usr/bin/fastserve, not the script of fastserve"


def test_script_complains_when_it_runs_on_another_python(tmp_path: Path) -> None:
    told = seen(observe, service(tmp_path, changes={"opt/venv/bin/fastserve*": b"#!/usr/bin/python3.13\n"}, command=("python", "-m", "fastserve")))
    assert told["fastserve: fastserve"] == "/opt/venv/bin/fastserve runs on /usr/bin/python3.13, which does not import from the service's distributions"
