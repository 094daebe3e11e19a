from flask import Flask

from shop.filters import shout

app = Flask(__name__)


@app.route("/")
def index():
    return shout("hello")
