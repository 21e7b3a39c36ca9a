"""Which addresses does this package answer?"""

from django.urls import URLPattern, path

from polyphonie.accounts.views import locks, myself, signing

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("connexion/", signing.address_page, name="sign_in"),
    path("connexion/code/", signing.code_page, name="code"),
    path("connexion/nom/", signing.name_page, name="name"),
    path("connexion/mot-de-passe/", signing.password_page, name="password_sign_in"),
    path("connexion/second-facteur/", locks.second_factor_page, name="second_factor"),
    path("connexion/lien/<int:account>/<str:token>/", locks.link_page, name="link"),
    path("connexion/sortir/", signing.sign_out_page, name="sign_out"),
    path("mon-espace/reglages/", myself.settings_page, name="settings"),
    path("mon-espace/organisations/", myself.organisations_page, name="organisations"),
    path("mon-espace/organisations/<slug:slug>/", myself.organisation_page, name="organisation"),
    path("mon-espace/organisations/<slug:slug>/rejoindre/<str:token>/", myself.join_page, name="join"),
    path("mon-espace/securite/", locks.security_page, name="security"),
    path("mon-espace/securite/mot-de-passe/", locks.new_password_page, name="new_password"),
    path("mon-espace/securite/second-facteur/", locks.second_factor_setup_page, name="second_factor_setup"),
]
