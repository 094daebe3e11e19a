from fastapi import FastAPI

from routers import items

app = FastAPI()
