from fastapi import FastAPI

import health
from settings import PREFIX

app = FastAPI()
app.include_router(health.router, prefix=PREFIX)
