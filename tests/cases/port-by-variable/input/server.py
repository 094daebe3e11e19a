import os
from http.server import HTTPServer, SimpleHTTPRequestHandler

if __name__ == "__main__":
    port = int(os.environ.get("PORT", "5000"))
    HTTPServer(("0.0.0.0", port), SimpleHTTPRequestHandler).serve_forever()
