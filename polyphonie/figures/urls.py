"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.figures import views

app_name = "figures"
urlpatterns = [path("<slug:process>/chiffres/", views.figures, name="figures")]
