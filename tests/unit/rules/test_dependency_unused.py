import pytest
from tests.builders import told

from paredown.rules.dockerfiles.dependency_unused import dependency_unused

TEXT = "FROM python:3.13-slim\nCOPY . .\nRUN pip install -r requirements.txt\n"
OPEN = "flask\nselenium>=4\nbeautifulsoup4\n"


def test_dependencies_that_no_file_mentions_are_told() -> None:
    files = {"requirements.txt": OPEN, "shop/main.py": "import flask\n"}
    assert told(dependency_unused, TEXT, files) == ["3: beautifulsoup4, selenium are installed, and no file of the build context mentions them"]


@pytest.mark.parametrize(
    "files",
    [
        {"shop/main.py": "from bs4 import BeautifulSoup\nimport selenium.webdriver\n"},
        {"shop/main.py": "def f():\n    import importlib\n    importlib.import_module('selenium')\n    __import__('bs4')\n"},
        {"shop.py": "import flask\n", "settings.yaml": "driver: selenium\nparser: bs4\n"},
        {"README.md": "No Python here\n"},
        {"shop.py": "import flask\n", "requirements.txt": "flask==3\nselenium==4\nbeautifulsoup4==4\n"},  # may be a lock
        {"shop.py": "import flask\n", "requirements.txt": "flask\nuvicorn\npsycopg\npython-multipart\ngunicorn\nlxml\nsome-plugin\n"},
        {"shop.py": "import flask\n", "requirements.txt": "django-storages\nboto3\n"},
    ],
)
def test_dependency_that_may_be_used_is_no_fault(files: dict[str, str]) -> None:
    assert told(dependency_unused, TEXT, {"requirements.txt": OPEN, **files}) == []


def test_service_whose_sources_come_from_elsewhere_is_no_fault() -> None:
    files = {"requirements.txt": OPEN, "shop/main.py": "import flask\n"}
    assert told(dependency_unused, TEXT + "RUN git clone https://example.com/shop\n", files) == []
    assert told(dependency_unused, TEXT) == []


def test_context_with_too_many_files_is_no_fault() -> None:
    files = {"requirements.txt": OPEN, **{f"shop/m{number}.py": "" for number in range(3001)}}
    assert told(dependency_unused, TEXT, files) == []
