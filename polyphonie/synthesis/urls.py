"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.synthesis.views import desk, public, review, statements

app_name = "synthesis"
urlpatterns = [
    path("<slug:process>/redaction/", desk.desks, name="desks"),
    path("<slug:process>/redaction/<slug:consultation>/", desk.desk, name="desk"),
    path("<slug:process>/redaction/<slug:consultation>/phrases/", statements.statement, name="statement"),
    path("<slug:process>/redaction/<slug:slug>/relecture/", review.review, name="review"),
    path("<slug:process>/redaction/<slug:slug>/publication/", review.publication, name="publication"),
    path("<slug:process>/redaction/<slug:slug>/definitive/", review.final, name="final"),
    path("<slug:process>/syntheses/", public.syntheses, name="syntheses"),
    path("<slug:process>/syntheses/<slug:slug>/", public.synthesis, name="synthesis"),
    path("<slug:process>/syntheses/<slug:slug>/versions/<int:number>/", public.synthesis, name="version"),
    path("<slug:process>/syntheses/<slug:slug>/non-citees/", public.uncited, name="uncited"),
    path("<slug:process>/syntheses/<slug:slug>/phrases/<slug:key>/", public.sentence, name="sentence"),
]
