import pytest
from tests.builders import told

from paredown.rules.dockerfiles.variable_not_expanded import variable_not_expanded


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('CMD ["uvicorn", "a:b", "--port", "${PORT:-8000}"]', 1),
        ('ENTRYPOINT ["gunicorn"]\nCMD ["-b", "0.0.0.0:$PORT"]', 1),
        ('CMD ["sh", "-c", "exec uvicorn a:b --port ${PORT}"]', 0),
        ("CMD uvicorn a:b --port $PORT", 0),
        ('ENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["uvicorn", "--port", "$PORT"]', 0),
        ('CMD ["python", "-c", "print(\'costs 5$\')"]', 0),
        ('CMD ["app", "--port", "$(PORT)"]', 0),
    ],
)
def test_variable_is_found_where_no_shell_expands_it(text: str, count: int) -> None:
    assert len(told(variable_not_expanded, f"FROM python\n{text}\n")) == count
