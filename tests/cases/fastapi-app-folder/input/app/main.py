from fastapi import FastAPI

from app.routes import health, items

app = FastAPI()
app.include_router(items.router)
app.include_router(health.router, prefix="/api/v1")
