from pathlib import Path

from paredown.probes.links import observe
from resting_service import DOCKER, PAREDOWN, differing, seen, service


def test_links_are_fine_in_either_layout(tmp_path: Path) -> None:
    assert set(seen(observe, service(tmp_path)).values()) == {None}
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []
    assert differing(observe, service(tmp_path, PAREDOWN), service(tmp_path, DOCKER)) == []


def test_links_complain_when_what_one_leads_to_is_gone(tmp_path: Path) -> None:
    bad = service(tmp_path, changes={"usr/share/ca-certificates/one.crt-": None})
    assert differing(observe, service(tmp_path), bad) == ["certificates"]
    assert seen(observe, bad)["certificates"] == "/etc/ssl/certs/one.pem leads to /usr/share/ca-certificates/one.crt, which is not there"


def test_links_complain_of_circles(tmp_path: Path) -> None:
    told = seen(observe, service(tmp_path, changes={"app/a": "-> b", "app/b": "-> a"}))
    assert told["app files"] == "/app/a goes in circles; /app/b goes in circles"


def test_links_to_what_a_container_brings_or_people_read_do_not_count(tmp_path: Path) -> None:
    changes = {"etc/mtab": "-> /proc/mounts", "var/lock": "-> /run/lock", "etc/alternatives/awk.1.gz": "-> /usr/share/man/man1/mawk.1.gz"}
    assert set(seen(observe, service(tmp_path, changes=changes)).values()) == {None}
