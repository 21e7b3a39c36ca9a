"""Which addresses does this package answer?"""

from django.urls import URLPattern, path

from polyphonie.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern] = [
    path("mon-espace/messages/arreter/<str:token>/", views.stop_page, name="stop"),
]
