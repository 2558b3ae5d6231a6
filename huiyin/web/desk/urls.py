"""Addresses of the desk."""

from django.urls import path

from huiyin.web.desk import contacts, deeds, desk, files, login, matter, remedies, small

app_name = "desk"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("login", login.sign_in, name="login"),
    path("logout", login.sign_out, name="logout"),
    path("find", desk.find, name="find"),
    path("duty", small.duty, name="duty"),
    path("seen", small.seen, name="seen"),
    path("language", small.language, name="language"),
    path("breaker", small.breaker, name="breaker"),
    path("told", small.told, name="told"),
    path("contacts", contacts.contacts, name="contacts"),
    path("contacts/<int:pk>/close", contacts.close, name="contact_close"),
    path("m/<str:no>", matter.matter, name="matter"),
    path("files/<str:no>", files.add, name="add"),
    path("m/<str:no>/evidence/<int:number>", files.evidence, name="evidence"),
    path("m/<str:no>/letter.pdf", files.letter, name="letter"),
    path("m/<str:no>/result.pdf", files.result, name="result"),
    path("m/<str:no>/dossier.zip", files.dossier, name="dossier"),
    path("m/<str:no>/looks", files.looks, name="looks"),
    path("m/<str:no>/<slug:verb>", deeds.deed, name="deed"),
    path("m/<str:no>/remedies/<int:pk>/<slug:verb>", remedies.remedy_deed, name="remedy_deed"),
]
