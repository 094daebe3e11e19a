import pytest

from paredown.dockerfile.parse import parse
from paredown.rules.recipe import recipe_of
from paredown.rules.service import starts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('CMD ["uv", "run", "--no-dev", "uvicorn", "a:b"]', ["uvicorn a:b"]),
        ('ENTRYPOINT ["tini", "--"]\nCMD ["gunicorn", "a:b"]', ["gunicorn a:b"]),
        ('ENTRYPOINT ["uvicorn", "a:b"]\nCMD ["--port", "80"]', ["uvicorn a:b --port 80"]),
        ('ENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["gunicorn", "a:b"]', ["/docker-entrypoint.sh", "gunicorn a:b"]),
        ('CMD ["sh", "-c", "alembic upgrade head && exec uvicorn a:b"]', ["alembic upgrade head", "uvicorn a:b"]),
        ("CMD PORT=1 python -m uvicorn a:b", ["python -m uvicorn a:b"]),
        ("ENTRYPOINT python a.py\nCMD b", ["python a.py"]),
        ('CMD ["a"]\nFROM first\nENTRYPOINT ["b"]', ["b"]),
        ('ENTRYPOINT []\nCMD ["python", "a.py"]', ["python a.py"]),
        ("CMD []", []),
        ('ENTRYPOINT ["python"]\nCMD a.py', []),
    ],
)
def test_starts_are_without_what_stands_in_front(text: str, words: list[str]) -> None:
    recipe = recipe_of(parse(f"FROM python AS first\n{text}\n"), None)
    assert [" ".join(start.words) for start in starts(recipe)] == words
    assert all(len(start.words) == len(start.places) for start in starts(recipe))
