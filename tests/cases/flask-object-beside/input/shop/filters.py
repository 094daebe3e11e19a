from flask import Flask, Response

app = Flask(__name__)


def shout(text):
    return Response(text.upper())
