import pytest

from paredown.commands.servers import port_of


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("uvicorn a:b --port 80", 80),
        ("uvicorn a:b --port=${PORT:-9000}", 9000),
        ("uvicorn a:b --port $OTHER", 7000),
        ("uvicorn a:b", 8000),
        ("python -m uvicorn a:b --port 81", 81),
        ("gunicorn -b :5000 a:b", 5000),
        ("gunicorn -b0.0.0.0:5001 a:b", 5001),
        ("gunicorn --bind=[::]:5002 a:b", 5002),
        ("gunicorn a:b", None),
        ("gunicorn --bind unix:/run/x a:b", None),
        ("waitress-serve --listen=*:8081 a:b", 8081),
        ("flask run -p 5003", 5003),
        ("python manage.py runserver 0.0.0.0:8009", 8009),
        ("streamlit run a.py", 8501),
        ("my-service --port 99", 99),
        ("my-service --port $UNKNOWN", None),
        ("my-service", None),
    ],
)
def test_port_of(text: str, port: int | None) -> None:
    assert port_of(tuple(text.split()), {"OTHER": "7000"}) == port
