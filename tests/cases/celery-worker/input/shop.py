import celery

app = celery.Celery()
