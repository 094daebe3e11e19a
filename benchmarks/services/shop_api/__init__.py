"""A shop's office in sixteen routes: a database through SQLAlchemy and two drivers, pages, a WebSocket, another service called."""
