"""Which language a page is in: as chosen on the page, else as the browser prefers; texts and figures in that language."""

import gettext
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, abort, redirect, request, session, url_for
from werkzeug.wrappers import Response

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
TRANSLATIONS = Path(__file__).parent / "translations"
blueprint = Blueprint("languages", __name__)


def prepare(app: Flask) -> None:
    """Give the templates their texts, and the filter `figure`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(text, text_of_number, newstyle=True)
    app.add_template_filter(figure)
    app.register_blueprint(blueprint)


def chosen() -> str:
    return session.get("language") or request.accept_languages.best_match(LANGUAGES) or "en"


def text(message: str) -> str:
    return _catalogue(chosen()).gettext(message)


def text_of_number(one: str, many: str, number: int) -> str:
    return _catalogue(chosen()).ngettext(one, many, number)


def figure(number: float, digits: int | None = None) -> str:
    """With the points and commas of the language; with `digits` decimals, or as many as there are."""
    plain = f"{number:,}".removesuffix(".0") if digits is None else f"{number:,.{digits}f}"
    return plain if chosen() == "en" else plain.translate(str.maketrans(",.", ".,"))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", TRANSLATIONS, [language], fallback=language == "en")


@blueprint.app_context_processor
def in_templates() -> dict[str, object]:
    return {"language": chosen(), "languages": LANGUAGES}


@blueprint.post("/language/<code>")
def choose(code: str) -> Response:
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    return redirect(url_for("desk.page"), 303)
