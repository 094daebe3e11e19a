"""A user that asks for one page."""

from locust import HttpUser, task


class Visitor(HttpUser):
    """Comes, looks, goes."""

    @task
    def look(self) -> None:
        self.client.get("/stats/requests")
