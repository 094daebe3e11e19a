import http.server

if __name__ == "__main__":
    http.server.test(port=8000)
