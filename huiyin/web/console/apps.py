from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "huiyin.web.console"
    label = "console"
