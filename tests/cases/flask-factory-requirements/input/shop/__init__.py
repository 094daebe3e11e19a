from flask import Flask

from shop.views import views


def create_app(config=None):
    app = Flask(__name__)
    app.register_blueprint(views, url_prefix="/internal")
    return app
