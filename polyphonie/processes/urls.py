"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.processes.views import calendar, creation, desk, people, progress, writing

app_name = "processes"

NEW = "nouvelle-concertation/"
DESK = "<slug:process>/organisation/"
ONE = f"{DESK}consultations/<slug:slug>/"

urlpatterns = [
    path(NEW, creation.choose, name="new"),
    path(f"{NEW}partir-de/<slug:name>/", creation.start_shipped, name="new_from"),
    path(f"{NEW}dupliquer/<slug:source>/", creation.duplicate, name="new_duplicate"),
    path(f"{NEW}fichier/", creation.start_from_file, name="new_from_file"),
    path(f"{NEW}droits/", creation.rights, name="rights"),
    path(f"{NEW}droits/<int:pk>/retirer/", creation.end_right, name="end_right"),
    path(f"{NEW}reprise/", creation.hand_over, name="hand_over"),
    path(DESK, desk.dashboard, name="dashboard"),
    path(f"{DESK}journal/", desk.journal_page, name="journal"),
    path(f"{DESK}modele.json", desk.starting_point_file, name="starting_point"),
    path(f"{DESK}presentation/", writing.presentation, name="presentation"),
    path(f"{DESK}methode/", writing.method, name="method"),
    path(f"{DESK}saisine/", writing.referral, name="referral"),
    path(f"{DESK}themes/", writing.themes, name="themes"),
    path(f"{DESK}themes/<int:number>/", writing.theme, name="theme"),
    path(f"{DESK}themes/<int:number>/supprimer/", writing.remove_theme, name="remove_theme"),
    path(f"{DESK}tableur/", desk.paste, name="paste"),
    path(f"{DESK}calendrier/", calendar.group_calendar, name="group_calendar"),
    path(f"{DESK}annoncer/", calendar.announce_ready, name="announce_ready"),
    path(f"{DESK}consultations/nouvelle/", writing.new_consultation, name="new_consultation"),
    path(ONE, writing.consultation, name="consultation"),
    path(f"{ONE}supprimer/", writing.remove_consultation, name="remove_consultation"),
    path(f"{ONE}calendrier/", calendar.calendar, name="calendar"),
    path(f"{ONE}annoncer/", calendar.announce, name="announce"),
    path(f"{ONE}ouvrir/", calendar.open_now, name="open_now"),
    path(f"{ONE}prolonger/", calendar.extend, name="extend"),
    path(f"{DESK}roles/", people.roles, name="roles"),
    path(f"{DESK}roles/<int:pk>/terminer/", people.end_role, name="end_role"),
    path(f"{DESK}invitations/<int:pk>/retirer/", people.withdraw_invitation, name="withdraw_invitation"),
    path(f"{DESK}invitation/<str:token>/", people.accept, name="accept_invitation"),
    path(f"{DESK}points/", progress.progress, name="progress"),
]
