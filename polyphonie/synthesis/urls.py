"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.synthesis.views import desk, statements

app_name = "synthesis"
urlpatterns = [
    path("<slug:process>/redaction/", desk.desks, name="desks"),
    path("<slug:process>/redaction/<slug:consultation>/", desk.desk, name="desk"),
    path("<slug:process>/redaction/<slug:consultation>/phrases/", statements.statement, name="statement"),
]
