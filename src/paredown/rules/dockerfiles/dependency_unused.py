"""Finds declared dependencies that nothing in the build context mentions."""

from collections.abc import Iterator, Mapping

from paredown.dockerfile.actions import Download, PythonInstall
from paredown.dockerfile.stages import Step
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import Requirement, declared, pyproject_of, requirements_in, source_in_context
from paredown.rules.recipe import Recipe
from paredown.rules.source_files import mentioned

# Distributions that are of use only to those who import them, and the module that they do import. What others load by themselves when it is
# there (drivers, servers, plug-ins, parsers, engines of pandas, what a pickled model needs) has no place here.
_MODULES: Mapping[str, str] = {
    "altair": "altair", "anthropic": "anthropic", "arrow": "arrow", "backoff": "backoff", "beautifulsoup4": "bs4", "bokeh": "bokeh", "boto3": "boto3",
    "ccxt": "ccxt", "deepdiff": "deepdiff", "deepl": "deepl", "discord-py": "discord", "elasticsearch": "elasticsearch", "emoji": "emoji", "faker": "faker",
    "feedparser": "feedparser", "folium": "folium", "gensim": "gensim", "geopy": "geopy", "humanize": "humanize", "kafka-python": "kafka",
    "langdetect": "langdetect", "loguru": "loguru", "minio": "minio", "moviepy": "moviepy", "networkx": "networkx", "nltk": "nltk", "openai": "openai",
    "pandas": "pandas", "paramiko": "paramiko", "pendulum": "pendulum", "pika": "pika", "playwright": "playwright", "plotly": "plotly", "praw": "praw",
    "psutil": "psutil", "pydub": "pydub", "pyjwt": "jwt", "python-slugify": "slugify", "python-telegram-bot": "telegram", "qrcode": "qrcode",
    "reportlab": "reportlab", "requests": "requests", "scrapy": "scrapy", "seaborn": "seaborn", "selenium": "selenium", "sendgrid": "sendgrid",
    "sentry-sdk": "sentry_sdk", "statsmodels": "statsmodels", "streamlit": "streamlit", "stripe": "stripe", "sympy": "sympy", "telethon": "telethon",
    "tenacity": "tenacity", "textblob": "textblob", "tqdm": "tqdm", "tweepy": "tweepy", "twilio": "twilio", "unidecode": "unidecode",
    "weasyprint": "weasyprint", "web3": "web3", "wordcloud": "wordcloud", "xmltodict": "xmltodict", "yfinance": "yfinance",
}  # fmt: skip
# Who loads them without a word in the service's own files.
_LOADED_BY: Mapping[str, frozenset[str]] = {
    "boto3": frozenset({"django-storages", "celery", "kombu", "smart-open", "s3fs", "watchtower", "django-ses", "zappa", "mlflow"}),
    "elasticsearch": frozenset({"elasticsearch-dsl", "django-elasticsearch-dsl", "django-haystack", "wagtail", "celery"}),
    "pandas": frozenset({"joblib", "dill", "cloudpickle", "scikit-learn", "xgboost", "lightgbm", "mlflow", "pyspark", "duckdb", "polars", "plotly"}),
    "plotly": frozenset({"pandas", "dash", "mlflow", "optuna", "streamlit", "prophet"}),
    "psutil": frozenset({"celery", "airflow", "apache-airflow", "distributed", "ray", "torch", "mlflow", "flower", "prometheus-client"}),
    "pyjwt": frozenset({"djangorestframework", "flask-appbuilder", "fastmcp"}),
    "requests": frozenset({"google-auth", "fsspec", "celery", "opentelemetry-exporter-otlp-proto-http", "gql", "hvac", "transformers", "kombu"}),
    "tqdm": frozenset({"transformers", "datasets", "sentence-transformers", "ultralytics", "shap", "pandas", "openai", "nltk"}),
}


@rule(
    id="dependency-unused",
    severity=Severity.INFO,
    summary="a dependency is declared, and no file of the service mentions it",
    why="It is downloaded, stored and scanned with every build, and updated for its own security faults, with all that it depends on.",
    sources=("https://12factor.net/dependencies", "https://deptry.com/rules-violations/#unused-dependencies-dep002"),
    same_as=("CIS 4.3", "12-factor II"),
    files=(
        ("pyproject.toml", '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask>=3", "selenium>=4"]\n'), ("shop.py", "import flask\n"),
        ("lean/pyproject.toml", '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask>=3"]\n'),
    ),
    before='FROM python:3.13-slim\nCOPY pyproject.toml shop.py ./\nRUN pip install --no-cache-dir .\nCMD ["flask", "run"]\n',
    after='FROM python:3.13-slim\nCOPY lean/pyproject.toml shop.py ./\nRUN pip install --no-cache-dir .\nCMD ["flask", "run"]\n',
)  # fmt: skip
def dependency_unused(recipe: Recipe) -> Iterator[Found]:
    if recipe.context is None or any(download.command.program == "git" for _, download in recipe.actions(Download)):
        return  # sources may come from elsewhere
    for step, action in recipe.actions(PythonInstall):
        listed = _declared(recipe, step, action)
        names = {one.name for one in listed}
        suspects = {name: _MODULES[name] for name in names if name in _MODULES and _LOADED_BY.get(name, frozenset()).isdisjoint(names)}
        if not suspects:
            continue
        words = frozenset((*suspects, *suspects.values()))
        known = mentioned(recipe.context, words)
        if known is None:
            return
        unused = sorted(name for name, module in suspects.items() if not {name, module} & known and name not in recipe.dockerfile.text)
        if unused:
            verb = "is" if len(unused) == 1 else "are"
            yield Found(
                message=f"{', '.join(unused)} {verb} installed, and no file of the build context mentions {'it' if len(unused) == 1 else 'them'}",
                span=action.command.span,
                advice="remove it from the declared dependencies, if no other package loads it by itself",
            )
        return


def _declared(recipe: Recipe, step: Step, action: PythonInstall) -> tuple[Requirement, ...]:
    """What people declared for this install. A file of exact versions only may be a lock, which lists what others need."""
    if action.files:
        listed = tuple(one for file in action.files for one in requirements_in(recipe, source_in_context(recipe, step, file.text)))
        return () if all(one.is_pinned for one in listed) else listed
    of_project = action.tool in ("uv sync", "poetry", "pdm") or any(word.text.startswith(".") for word in (*action.packages, *action.editable))
    return declared(pyproject_of(recipe)) if of_project else ()
