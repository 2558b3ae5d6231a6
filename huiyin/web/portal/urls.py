"""Addresses of the buyer's pages. What opens a matter without a number never stands in an address."""

from django.urls import path

from huiyin.web.portal import complaint, contact, found, home, language, links, outside, person, tracking

app_name = "portal"
urlpatterns = [
    path("", home.show, name="home"),
    path("find", home.find, name="find"),
    path("f/<int:pk>", found.show, name="found"),
    path("f/<int:pk>/now", found.now_fragment, name="found-now"),
    path("f/<int:pk>/choose", found.choose, name="choose"),
    path("f/<int:pk>/prove", found.prove, name="prove"),
    path("f/<int:pk>/solved", found.solved, name="solved"),
    path("f/<int:pk>/not-solved", found.not_solved, name="not-solved"),
    path("o", links.from_the_shop, name="from-the-shop"),
    path("m", links.from_us, name="from-us"),
    path("track", tracking.ask, name="track"),
    path("t", tracking.mine, name="mine"),
    path("t/<str:no>", tracking.show, name="matter"),
    path("t/<str:no>/now", tracking.now_fragment, name="matter-now"),
    path("t/<str:no>/add", tracking.add, name="add"),
    path("t/<str:no>/supervisor", tracking.supervisor, name="supervisor"),
    path("t/<str:no>/receipt", complaint.receipt, name="receipt"),
    path("person", person.show, name="person"),
    path("complain", complaint.show, name="complain"),
    path("outside", outside.show, name="outside"),
    path("official", contact.official_page, name="official"),
    path("language", language.switch, name="language"),
    path("contact.json", contact.now_json, name="contact-json"),
    path("contact-block", contact.block, name="contact-block"),
    path(".well-known/official-contacts.json", contact.official, name="official-contacts"),
]
