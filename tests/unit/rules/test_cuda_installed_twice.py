import pytest
from tests.builders import told

from paredown.rules.dockerfiles.cuda_installed_twice import cuda_installed_twice

RUNTIME = "FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04\n"


def test_requirements_with_torch_on_a_base_with_cuda_are_told() -> None:
    text = RUNTIME + "COPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    assert told(cuda_installed_twice, text, {"requirements.txt": "torch==2.9.0\nfastapi==0.120\n"}) == [
        "1: nvidia/cuda:12.8.1-runtime-ubuntu24.04 has the CUDA libraries, and torch brings its own"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "FROM nvidia/cuda:12.8.1-base-ubuntu24.04\nRUN pip install torch\n",
        "FROM nvidia/cuda:12.8.1-devel-ubuntu24.04\nRUN pip install torch\n",
        RUNTIME + "RUN pip install torch onnxruntime-gpu\n",
        RUNTIME + "RUN pip install torch -r requirements.txt\n",
        RUNTIME + "RUN pip install torch $MORE\n",
        RUNTIME + "RUN uv sync\n",
        RUNTIME + "RUN apt-get install -y libcudnn9-cuda-12 && pip install torch\n",
    ],
)
def test_cuda_of_the_system_that_may_be_used_is_no_fault(text: str) -> None:
    assert told(cuda_installed_twice, text) == []
