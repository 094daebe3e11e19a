"""The desk of a parcel shop: `gunicorn --config python:parcel_desk.serving "parcel_desk:create_app()"`.

From the environment: PORT, SECRET_KEY (signs the session), DATA_DIR (the folder it writes to).
"""

import logging
import os
from importlib.metadata import version
from pathlib import Path

from flask import Flask

from parcel_desk import desk, languages, machine, store, tools


def create_app() -> Flask:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ.get("SECRET_KEY", "only-for-development"),
        DATA_DIR=Path(os.environ.get("DATA_DIR", "/data")),
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=5_000_000,
        VERSION=version("parcel-desk"),
    )
    store.prepare(app)
    languages.prepare(app)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(tools.blueprint)
    app.register_blueprint(machine.blueprint)
    app.logger.info("the desk opens, its data in %s", app.config["DATA_DIR"])
    return app
