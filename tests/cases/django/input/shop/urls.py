from django.urls import include, path

from shop import views

urlpatterns = [
    path("api/", include("api.urls")),
    path("healthz/", views.health),
]
