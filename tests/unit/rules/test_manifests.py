"""What is installed by name or by file, as the rules about it see it."""

import pytest
from tests.builders import told

from paredown.rules.dockerfiles.gpu_wheels_without_gpu import gpu_wheels_without_gpu
from paredown.rules.dockerfiles.opencv_with_windows import opencv_with_windows
from paredown.rules.dockerfiles.package_unpinned import package_unpinned
from paredown.rules.dockerfiles.requirements_unpinned import requirements_unpinned

CMD = 'CMD ["python", "-m", "shop"]\n'
FILE = "FROM python:3.13-slim\nWORKDIR /app\nCOPY {} .\nRUN pip install -r {}\n" + CMD
LOCK = '[[package]]\nname = "nvidia-cudnn-cu12"\n'
TORCH = '[project]\nname = "shop"\ndependencies = ["torch>=2"]\n'


def one(run: str, base: str = "python:3.13-slim") -> str:
    return f"FROM {base}\nRUN {run}\n{CMD}"


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("pip install flask 'celery[redis]' gunicorn==23.0.0", "flask, celery come in whatever version is newest"),
        ("/venv/bin/pip install \\\n    --no-cache-dir \\\n    flask", "flask comes in whatever version is newest"),
        ("uv pip install --system flask", "flask comes in whatever version is newest"),
    ],
)
def test_package_without_a_version_is_told(run: str, message: str) -> None:
    assert told(package_unpinned, one(run)) == [f"2: {message}"]


@pytest.mark.parametrize(
    "run",
    [
        "pip install --upgrade pip setuptools wheel",
        "pip install 'flask>=3,<4' flask==$VERSION git+https://example.com/x.git ./wheels/x.whl .",
        "pip install -c constraints.txt flask",
        "pip install --target /deps -r requirements.txt",
        "pip install --index-url https://example.com/simple --extra-index-url https://a.example flask==3",
        "pipenv install flask",
        "pip install $PACKAGES",
        "pip download flask",
    ],
)
def test_package_with_a_version_or_of_no_known_name_is_no_fault(run: str) -> None:
    assert told(package_unpinned, one(run)) == []


@pytest.mark.parametrize(
    ("copied", "installed", "files"),
    [
        ("requirements.txt", "requirements.txt", {"requirements.txt": "flask\n# redis\ngunicorn==23.0.0\n"}),
        (".", "requirements/prod.txt", {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "flask>=3  # web\n"}),
        ("api/requirements.txt", "requirements.txt", {"api/requirements.txt": "flask\n", "requirements.txt": "redis==6\n"}),
    ],
)
def test_file_that_leaves_versions_open_is_told(copied: str, installed: str, files: dict[str, str]) -> None:
    assert told(requirements_unpinned, FILE.format(copied, installed), files) == [f"4: {installed} leaves open which flask to install"]


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "flask==3.1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n--index-url https://example.com/simple\n"},
        {"requirements.txt": "shop @ https://example.com/shop.whl\n-e .\n./local\ngit+https://example.com/x.git@abc\n"},
        {"requirements.txt": 'colorama==0.4.6 ; sys_platform == "win32"\n'},
        {},
    ],
)
def test_file_of_versions_or_no_file_is_no_fault(files: dict[str, str]) -> None:
    assert told(requirements_unpinned, FILE.format("requirements.txt", "requirements.txt"), files) == []


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (one("pip install torch torchvision"), {}),
        (FILE.format("requirements.txt", "requirements.txt"), {"requirements.txt": "torch==2.9.0\n"}),
        ("FROM python:3.13-slim\nRUN uv sync --locked\n" + CMD, {"pyproject.toml": TORCH, "uv.lock": LOCK}),
    ],
)
def test_cuda_where_nothing_names_a_gpu_is_told(text: str, files: dict[str, str]) -> None:
    assert len(told(gpu_wheels_without_gpu, text, files)) == 1


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (one("pip install torch --index-url https://download.pytorch.org/whl/cpu"), {}),
        (one("pip install torch --extra-index-url https://download.pytorch.org/whl/cpu"), {}),
        ("FROM python:3.13-slim\nENV UV_TORCH_BACKEND=cpu\nRUN uv pip install --system torch\n" + CMD, {}),
        ("FROM python:3.13-slim\nENV NVIDIA_VISIBLE_DEVICES=all\nRUN pip install torch\n" + CMD, {}),
        (one("pip install torch", "nvidia/cuda:12.4.1-runtime-ubuntu22.04"), {}),
        (one("pip install torch", "${BASE}"), {}),
        (one("pip install torch"), {"compose.yaml": "services: {a: {deploy: {resources: {reservations: {devices: [{driver: nvidia}]}}}}}"}),
        (FILE.format("r.txt", "r.txt"), {"r.txt": "--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.9.0+cpu\n"}),
        ("FROM python:3.13-slim\nRUN uv sync --locked\n" + CMD, {"pyproject.toml": TORCH, "uv.lock": '[[package]]\nname = "torch"\n'}),
        (one("pip install pytorch-lightning torchmetrics"), {}),
    ],
)
def test_cpu_wheels_and_images_for_a_gpu_are_no_fault(text: str, files: dict[str, str]) -> None:
    assert told(gpu_wheels_without_gpu, text, files) == []


def test_windowed_opencv_is_told_with_its_libraries() -> None:
    text = f"FROM python:3.13-slim\nRUN apt-get install -y libgl1 libglib2.0-0\nRUN pip install opencv-python\n{CMD}"
    assert told(opencv_with_windows, text) == ["3: opencv-python is the build with windows, for which libgl1 is installed"]


def test_windowed_opencv_of_a_file_or_manifest_is_told() -> None:
    assert len(told(opencv_with_windows, FILE.format("r.txt", "r.txt"), {"r.txt": "opencv_contrib_python==4.12\n"})) == 1
    files = {"pyproject.toml": '[project]\nname = "shop"\ndependencies = ["opencv-python>=4"]\n'}
    assert len(told(opencv_with_windows, "FROM python:3.13-slim\nRUN uv sync --locked\n" + CMD, files)) == 1


@pytest.mark.parametrize("text", [one("pip install opencv-python-headless==4.12"), 'FROM python:3.13 AS notebook\nRUN pip install opencv-python\nCMD ["x"]\n'])
def test_headless_opencv_and_notebooks_are_no_fault(text: str) -> None:
    assert told(opencv_with_windows, text) == []
