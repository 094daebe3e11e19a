"""A task queue with one task."""

from celery import Celery

app = Celery("tasks")


@app.task
def add(first: int, second: int) -> int:
    """Add two numbers."""
    return first + second
