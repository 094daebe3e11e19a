"""Emitters write a Plan as text: a Dockerfile, its ignore file, a compose file, a Kubernetes manifest."""
