"""Addresses of the console, and of screens that hang on a wall."""

from django.urls import path

from huiyin.web.console import (
    console,
    hotline,
    hotline_hours,
    hotline_menu,
    hotline_nodes,
    hotline_sentences,
    hotline_try,
    wall,
    wallboard,
)

app_name = "console"
urlpatterns = [
    path("", console.show, name="console"),
    path("mode", console.mode, name="mode"),
    path("walls", console.hang, name="hang"),
    path("walls/<int:pk>/down", console.take_down, name="take-down"),
    path("hotline", hotline.show, name="hotline"),
    path("hotline/line", hotline.line, name="hotline-line-new"),
    path("hotline/line/<str:number>", hotline.line, name="hotline-line"),
    path("hotline/hours/<str:slug>", hotline_hours.hours, name="hotline-hours"),
    path("hotline/menu", hotline_menu.show, name="hotline-menu"),
    path("hotline/menu/publish", hotline_menu.publish, name="hotline-publish"),
    path("hotline/menu/drop", hotline_menu.drop, name="hotline-drop"),
    path("hotline/menu/back", hotline_menu.back, name="hotline-back"),
    path("hotline/menu/frame", hotline_menu.frame, name="hotline-frame"),
    path("hotline/menu/node", hotline_nodes.add, name="hotline-node-new"),
    path("hotline/menu/node/<str:name>", hotline_nodes.node, name="hotline-node"),
    path("hotline/try", hotline_try.show, name="hotline-try"),
    path("hotline/sentences", hotline_sentences.show, name="hotline-sentences"),
    path("hotline/sentences/<str:voice>/<str:slug>", hotline_sentences.sentence, name="hotline-sentence"),
    path("hotline/sound/<str:voice>/<str:slug>", hotline_sentences.sound, name="hotline-sound"),
    path("wallboard", wallboard.show, name="wallboard"),
    path("wall", wall.enter, name="wall"),
    path("wall/board", wall.show, name="wall-board"),
]
