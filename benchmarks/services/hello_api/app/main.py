"""The service: `uvicorn app.main:app`."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Hello")


class Numbers(BaseModel):
    """Two numbers to add."""

    left: float
    right: float


@app.get("/")
async def root() -> dict[str, str]:
    return {"message": "Hello World"}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/hello/{name}")
async def hello(name: str, shout: bool = False) -> dict[str, str]:
    return {"message": f"Hello {name.upper() if shout else name}"}


@app.post("/add")
async def add(numbers: Numbers) -> dict[str, float]:
    return {"sum": numbers.left + numbers.right}
