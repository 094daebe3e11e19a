from flask import Blueprint

views = Blueprint("views", __name__, url_prefix="/ignored")


@views.route("/healthz")
def healthz():
    return "ok"
