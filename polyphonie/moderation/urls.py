"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.moderation import views

app_name = "moderation"
urlpatterns = [
    path("<slug:process>/moderation/", views.desk, name="desk"),
    path("<slug:process>/moderation/<int:number>/", views.decide, name="decide"),
]
