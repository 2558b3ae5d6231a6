from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "huiyin.web.chat"
    label = "chat"
