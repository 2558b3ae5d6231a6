"""Addresses of the chat."""

from django.urls import path

from huiyin.web.chat import views

app_name = "chat"
urlpatterns = [
    path("chat.js", views.loader, name="loader"),
    path("chat.json", views.facts, name="facts"),
    path("chat", views.page, name="page"),
    path("chat/page.js", views.page_script, name="page-script"),
]
