"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.synthesis.views import (
    checking,
    desk,
    exchange,
    files,
    paper,
    plan,
    public,
    reading,
    review,
    statements,
    suggesting,
)

app_name = "synthesis"
urlpatterns = [
    path("<slug:process>/redaction/", desk.desks, name="desks"),
    path("<slug:process>/redaction/<slug:consultation>/", desk.desk, name="desk"),
    path("<slug:process>/redaction/<slug:consultation>/phrases/", statements.statement, name="statement"),
    path("<slug:process>/redaction/<slug:consultation>/phrases/proposer/", suggesting.suggest, name="suggest"),
    path("<slug:process>/redaction/<slug:consultation>/phrases/deplacer/", statements.move, name="move"),
    path("<slug:process>/redaction/<slug:consultation>/lecture/", reading.reading, name="reading"),
    path("<slug:process>/redaction/<slug:consultation>/lecture/<int:number>/", reading.read, name="read"),
    path("<slug:process>/redaction/<slug:consultation>/plan/", plan.plan, name="plan"),
    path("<slug:process>/redaction/<slug:consultation>/a-verifier/", checking.doubts, name="doubts"),
    path("<slug:process>/redaction/<slug:consultation>/non-citees/", checking.left_out, name="left_out"),
    path("<slug:process>/redaction/<slug:consultation>/couverture/", checking.coverage, name="coverage"),
    path("<slug:process>/redaction/<slug:consultation>/cahier/", paper.book, name="book"),
    path("<slug:process>/redaction/<slug:consultation>/historique/", checking.past, name="past"),
    path("<slug:process>/redaction/<slug:consultation>/fichier/", exchange.exchange, name="exchange"),
    path("<slug:process>/redaction/<slug:consultation>/brouillon.md", exchange.draft, name="draft"),
    path("<slug:process>/redaction/<slug:slug>/relecture/", review.review, name="review"),
    path("<slug:process>/redaction/<slug:slug>/relecture/demander/", review.ask, name="ask_reading"),
    path("<slug:process>/redaction/<slug:slug>/publication/", review.publication, name="publication"),
    path("<slug:process>/redaction/<slug:slug>/definitive/", review.final, name="final"),
    path("<slug:process>/syntheses/", public.syntheses, name="syntheses"),
    path("<slug:process>/syntheses/<slug:slug>/", public.synthesis, name="synthesis"),
    path("<slug:process>/syntheses/<slug:slug>/versions/<int:number>/", public.synthesis, name="version"),
    path("<slug:process>/syntheses/<slug:slug>/versions/<int:number>/changements/", public.changes, name="changes"),
    path("<slug:process>/syntheses/<slug:slug>/versions/<int:number>/synthese.md", files.markdown, name="markdown"),
    path("<slug:process>/syntheses/<slug:slug>/versions/<int:number>/synthese.json", files.as_json, name="json"),
    path("<slug:process>/syntheses/<slug:slug>/couverture/", public.coverage, name="coverage_told"),
    path("<slug:process>/syntheses/<slug:slug>/versions/<int:number>/couverture/", public.coverage, name="coverage_of_version"),
    path("<slug:process>/syntheses/<slug:slug>/non-citees/", public.uncited, name="uncited"),
    path("<slug:process>/syntheses/<slug:slug>/phrases/<slug:key>/", public.sentence, name="sentence"),
]
