"""Which address leads to which face."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("huiyin.web.api.urls")),
    path("desk/", include("huiyin.web.desk.urls")),
    path("console/", include("huiyin.web.console.urls")),
    path("", include("huiyin.web.chat.urls")),
    path("", include("huiyin.web.portal.urls")),
]
