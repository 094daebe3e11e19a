import pytest
from tests.builders import told

from paredown.rules.dockerfiles.exec_form_broken import exec_form_broken
from paredown.rules.examine import mended


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("CMD ['python', 'a.py']", 'CMD ["python", "a.py"]'),
        ('ENTRYPOINT ["python", "a.py",]', 'ENTRYPOINT ["python", "a.py"]'),
        ('CMD ["python", "a.py"', 'CMD ["python", "a.py"]'),
        ("CMD [“python”, “a.py”]", 'CMD ["python", "a.py"]'),
        ("HEALTHCHECK CMD ['true']", 'HEALTHCHECK CMD ["true"]'),
        ("VOLUME ['/data']", 'VOLUME ["/data"]'),
        ("CMD [python, a.py]", "CMD [python, a.py]"),
        ('CMD ["python", ["a.py"]]', 'CMD ["python", ["a.py"]]'),
    ],
)
def test_list_that_is_no_json_is_found_and_mended_where_it_is_clear(text: str, after: str) -> None:
    assert len(told(exec_form_broken, f"FROM python\n{text}\n")) == 1
    assert mended(f"FROM python\n{text}\n", "Dockerfile", None, (exec_form_broken,), only_safe=False)[0] == f"FROM python\n{after}\n"


@pytest.mark.parametrize(
    "text", ['CMD ["python"]', 'RUN [ "$A" = b ] && true', 'RUN [ "$A" = b ]', "RUN [ -f x ]", "RUN [[ $A == b,c ]] || true", "VOLUME /data", "CMD []"]
)
def test_list_is_no_fault_when_it_is_json_or_a_test_of_the_shell(text: str) -> None:
    assert told(exec_form_broken, f"FROM python\n{text}\n") == []
