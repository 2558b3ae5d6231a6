"""Addresses of the console, and of screens that hang on a wall."""

from django.urls import path

from huiyin.web.console import console, wall, wallboard

app_name = "console"
urlpatterns = [
    path("", console.show, name="console"),
    path("mode", console.mode, name="mode"),
    path("walls", console.hang, name="hang"),
    path("walls/<int:pk>/down", console.take_down, name="take-down"),
    path("wallboard", wallboard.show, name="wallboard"),
    path("wall", wall.enter, name="wall"),
    path("wall/board", wall.show, name="wall-board"),
]
