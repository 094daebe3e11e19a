"""Which language a page is in: as chosen on the page, else as the browser prefers."""

from flask import Blueprint, abort, redirect, request, session, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
blueprint = Blueprint("languages", __name__)


def chosen() -> str:
    return session.get("language") or request.accept_languages.best_match(LANGUAGES) or "en"


@blueprint.app_context_processor
def in_templates() -> dict[str, object]:
    return {"language": str(get_locale()), "languages": LANGUAGES}


@blueprint.post("/language/<code>")
def choose(code: str) -> Response:
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    return redirect(url_for("desk.page"), 303)
