from pathlib import Path

from paredown.frontends import dockerfile_hints
from paredown.frontends.dockerfile_hints import Hints
from paredown.frontends.project_files import ProjectFiles


def hints(tmp_path: Path, text: str, *packages: str) -> Hints:
    (tmp_path / "Dockerfile").write_text(text)
    found = dockerfile_hints.read(ProjectFiles(tmp_path), packages)
    assert found is not None
    return found


def test_debian_packages_that_the_settings_name_are_not_told(tmp_path):
    text = "FROM a\nRUN set -eux; if true; then apt-get install -y curl libpq5=15.* $more; fi\nRUN apk add x\n"
    assert '["curl"]' in hints(tmp_path, text, "libpq5").notes[0]
    assert hints(tmp_path, text, "libpq5", "curl").notes == ()


def test_a_dockerfile_that_no_engine_can_read_is_noted(tmp_path):
    found = hints(tmp_path, "FROM a\nRUN <<EOF\n")
    assert found.notes == ("Dockerfile tells nothing of the service: the here-document EOF does not end.",)


def test_a_command_behind_an_entrypoint_is_given_to_it(tmp_path):
    text = 'FROM a AS b\nCMD ["x"]\nFROM b\nENTRYPOINT ["tini", "--"]\nCMD gunicorn -b 0.0.0.0:80 \\\n  app\n'
    assert hints(tmp_path, text).text == "tini -- gunicorn -b 0.0.0.0:80   app"


def test_packages_of_a_dockerfile_that_is_taken_as_a_whole_are_not_told(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM debian:12\n")
    (tmp_path / "prod.Dockerfile").write_text("FROM python:3.13\nRUN apt-get install -y ffmpeg\nEXPOSE 9000\n")
    found = dockerfile_hints.read(ProjectFiles(tmp_path), chosen="prod.Dockerfile")
    assert found is not None
    assert (found.file, found.ports, found.notes) == ("prod.Dockerfile", (9000,), ())
