"""gunicorn's configuration: two processes of four threads, all logs on the standard streams."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT') or 8080}"
workers = 2
threads = 4
worker_tmp_dir = "/dev/shm"
accesslog = "-"
errorlog = "-"
graceful_timeout = 20
