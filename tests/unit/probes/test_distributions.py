from pathlib import Path

from paredown.probes.distributions import observe
from paredown.probes.interface import Unproven
from resting_service import DOCKER, PAREDOWN, differing, seen, service, site

_INFO = f"{site(PAREDOWN)}/fastserve-2.1.dist-info"


def test_distributions_are_equal_in_another_layout(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []
    assert seen(observe, service(tmp_path))["fastserve"] == "2.1"


def test_distributions_differ_in_version(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes={f"{_INFO}/METADATA": b"Name: fastserve\nVersion: 2.2\n\n"})) == ["fastserve"]


def test_distributions_differ_when_the_metadata_is_gone(tmp_path: Path) -> None:
    assert "fastserve" in differing(observe, service(tmp_path), service(tmp_path, changes={f"{_INFO}/METADATA-": None}))


def test_distributions_complain_when_the_record_is_gone(tmp_path: Path) -> None:
    assert seen(observe, service(tmp_path, changes={f"{_INFO}/RECORD-": None}))["fastserve RECORD"] == f"/{_INFO}/RECORD is not there"


def test_distributions_complain_when_one_became_editable(tmp_path: Path) -> None:
    mark = {f"{_INFO}/direct_url.json": b'{"url": "file:///src", "dir_info": {"editable": true}}'}
    assert differing(observe, service(tmp_path), service(tmp_path, changes=mark)) == ["fastserve editable"]
    assert differing(observe, service(tmp_path, changes=mark), service(tmp_path)) == []


def test_distributions_of_another_interpreter_do_not_count(tmp_path: Path) -> None:
    other = {"usr/lib/python3/dist-packages/debtool-1.dist-info/METADATA": b"Name: debtool\nVersion: 1\n\n"}
    assert differing(observe, service(tmp_path), service(tmp_path, changes=other)) == []


def test_distributions_on_pythonpath_come_first(tmp_path: Path) -> None:
    other = {"app/vendor/fastserve-3.dist-info/METADATA": b"Name: fastserve\nVersion: 3\n\n"}
    environment = (("PATH", "/opt/venv/bin"), ("PYTHONPATH", "/app/vendor"))
    assert seen(observe, service(tmp_path, changes=other, environment=environment))["fastserve"] == "3"


def test_distributions_are_lost_when_the_environment_is_none_any_more(tmp_path: Path) -> None:
    bare = service(tmp_path, changes={"opt/venv/pyvenv.cfg-": None})
    assert "fastserve" in differing(observe, service(tmp_path), bare)
    assert [each.what for each in observe(bare) if isinstance(each, Unproven)] == ["distributions"]
