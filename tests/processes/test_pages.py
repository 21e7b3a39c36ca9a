"""Do organisers do everything on pages, in their own process only, without losing what they typed?"""

import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.config.access import TABLE, Audience
from polyphonie.core.addresses import consultation_address, preview_address
from polyphonie.core.writing import writing
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import create_process, grant_role
from polyphonie.processes.actions.people import allow_creation
from polyphonie.processes.models import Consultation, CreationRight, Invitation, Process, ProgressUpdate, Referral, Role, Theme
from polyphonie.processes.starting_points import shipped, written
from tests.concertations import METHOD, a_draft, a_person, a_process, an_open_consultation
from tests.people import signed_in

pytestmark = pytest.mark.django_db
State = Consultation.State


@pytest.fixture
def process() -> Process:
    with writing() as now:
        return a_process(now=now)


@pytest.fixture
def organiser(process) -> Account:
    with writing() as now:
        account = a_person("Clara", on=now)
        grant_role(process, account, Role.ORGANISER, actor="organiser/1", now=now)
    return account


@pytest.fixture
def desk(organiser) -> Client:
    return signed_in(organiser)


@pytest.fixture
def draft(process) -> Consultation:
    with writing() as now:
        return a_draft(process, now=now)


@pytest.fixture
def clerk() -> Client:
    with writing() as now:
        return signed_in(a_person("Secrétaire", on=now, is_administrator=True))


def at(name, /, **kwargs):
    return reverse(f"processes:{name}", kwargs=kwargs or None)


def text(answer):
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


class TestFromNothingToAQuestion:
    asked = {
        "title": "Que faire de la place du marché ?",
        "questions": "Que voulez-vous y voir dans cinq ans ?",
        "organiser": "Mairie de Saint-Exemple",
        "presentation": "La place sera refaite.",
    }

    def test_a_clerk_starts_from_one_question_and_finds_what_is_missing(self, clerk):
        assert "Une question" in text(clerk.get(at("new")))
        opens_on = timezone.localdate() + timedelta(days=3)
        days = {"opens_on": opens_on.isoformat(), "closes_on": (opens_on + timedelta(days=20)).strftime("%d/%m/%Y")}
        answer = clerk.post(at("new_from", name="une-question"), {**self.asked, **days})
        slug = "que-faire-de-la-place-du-marche"
        assert answer.headers["Location"] == at("dashboard", process=slug)
        process = Process.objects.get(slug=slug)
        held = process.consultations.get()
        assert (held.title, held.questions) == (self.asked["title"], self.asked["questions"])
        assert timezone.localtime(held.closes_at).date() == opens_on + timedelta(days=21)
        page = text(clerk.get(at("dashboard", process=slug)))
        assert at("method", process=slug) + "#id_appeal_body" in page
        assert at("roles", process=slug) + "?role=moderator" in page
        assert "La place sera refaite." in text(clerk.get(consultation_address(slug, held.slug)))

    def test_no_empty_level_is_shown(self, clerk):
        clerk.post(at("new_from", name="une-question"), self.asked)
        slug = Process.objects.get().slug
        for address in (at("dashboard", process=slug), preview_address(slug)):
            page = text(clerk.get(address))
            assert "Thèmes" not in page
            assert "Saisine" not in page

    def test_what_was_typed_stays_when_something_is_wrong(self, clerk):
        answer = clerk.post(at("new_from", name="une-question"), {**self.asked, "questions": "", "slug": "api"})
        assert answer.status_code == 422
        assert "La place sera refaite." in text(answer)
        assert "Mairie de Saint-Exemple" in text(answer)
        assert not Process.objects.exists()

    def test_an_address_already_taken_is_refused(self, clerk, process):
        answer = clerk.post(at("new_from", name="une-question"), {**self.asked, "slug": process.slug})
        assert answer.status_code == 422
        assert Process.objects.count() == 1

    def test_an_unknown_starting_point_is_not_found(self, clerk):
        assert clerk.get(at("new_from", name="autre")).status_code == 404

    def test_the_other_starting_points_bring_their_levels(self, clerk):
        for name, themes, consultations in (("par-themes", 3, 6), ("plan-d-actions", 0, 3)):
            answer = clerk.post(at("new_from", name=name), {"title": name, "organiser": "Conseil", "opens_on": "01/03/2027"})
            process = Process.objects.get(title=name)
            assert (process.themes.count(), process.consultations.count()) == (themes, consultations)
            assert clerk.get(answer.headers["Location"]).status_code == 200
            assert clerk.get(preview_address(process.slug)).status_code == 200


class TestMySpace:
    def test_staff_find_their_pages_and_others_see_nothing_of_them(self, desk, process, clerk):
        mine = text(desk.get("/mon-espace/"))
        assert at("dashboard", process=process.slug) in mine
        assert at("new") not in mine
        assert at("new") in text(clerk.get("/mon-espace/"))
        with writing() as now:
            passer = signed_in(a_person("Passante", on=now))
        page = text(passer.get("/mon-espace/"))
        assert at("dashboard", process=process.slug) not in page
        assert "Mes fonctions" not in page


class TestThePublicJournal:
    def test_the_timeline_tells_what_organisers_did_by_role_and_number(self, desk, process, organiser):
        with writing() as now:
            held = an_open_consultation(process, now=now)
            a_draft(process, now=now, slug="secret", title="Encore un secret")
        desk.post(at("method", process=process.slug), {**METHOD, "feedback_due_on": "2037-01-01", "version": process.version})
        page = text(Client().get(f"/{process.slug}/chronologie/"))
        assert "Consultation ouverte" in page
        assert held.title in page
        assert "Date de la réponse" in page
        assert "Équipe organisatrice n° 1" in page
        assert organiser.display_name not in page
        assert "Encore un secret" not in page


class TestPreview:
    def test_organisers_see_drafts_as_people_will_and_nobody_else_does(self, desk, process, draft):
        process_page = text(desk.get(preview_address(process.slug)))
        assert draft.questions in process_page
        assert "Aperçu" in process_page
        assert draft.questions in text(desk.get(consultation_address(process.slug, draft.slug)))
        with writing() as now:
            moderator = process.roles.filter(role=Role.MODERATOR).order_by("number")[0].account
            passer = signed_in(a_person("Passante", on=now))
        for client in (Client(), passer, signed_in(moderator)):
            assert client.get(consultation_address(process.slug, draft.slug)).status_code == 404
        assert Client().get(preview_address(process.slug)).status_code == 404
        Process.objects.update(is_listed=True)
        for client in (Client(), passer, signed_in(moderator)):
            assert draft.questions not in text(client.get(preview_address(process.slug)))
        assert draft.questions not in text(desk.get(f"/{process.slug}/"))
        assert draft.questions in text(desk.get(preview_address(process.slug)))

    def test_nobody_acts_on_a_draft(self, desk, process, draft):
        for word in ("avis", "suivre"):
            assert desk.post(f"{consultation_address(process.slug, draft.slug)}{word}/").status_code in (403, 404, 405)


class TestCopiesAndFiles:
    def test_a_concertation_is_duplicated_without_its_people(self, desk, process, draft, organiser):
        with writing() as now:
            allow_creation(organiser, body="Commune", now=now)
        form = desk.get(at("new_duplicate", source=process.slug))
        assert draft.questions in text(form)
        answer = desk.post(
            at("new_duplicate", source=process.slug),
            {"title": "Encore", "organiser": "Commune", "questions": draft.questions, "slug": "encore"},
        )
        assert answer.status_code == 302
        copy = Process.objects.get(slug="encore")
        assert copy.who_decides == METHOD["who_decides"]
        assert copy.appeal_body == ""
        assert copy.roles.count() == 1

    def test_someone_elses_unannounced_concertation_cannot_be_copied(self, clerk, process):
        assert clerk.get(at("new_duplicate", source=process.slug)).status_code == 404
        Process.objects.update(is_listed=True)
        assert clerk.get(at("new_duplicate", source=process.slug)).status_code == 200

    def test_a_file_given_by_one_starts_another(self, desk, clerk, process, draft):
        answer = desk.get(at("starting_point", process=process.slug))
        assert "attachment" in answer.headers["Content-Disposition"]
        file = BytesIO(answer.content)
        file.name = "demain.json"
        form = clerk.post(at("new_from_file"), {"file": file})
        assert form.status_code == 200
        assert draft.questions in text(form)
        made = clerk.post(
            at("new_from_file"),
            {"content": text(answer), "title": "Ailleurs", "organiser": "Neuville", "questions": "Et ici ?"},
        )
        assert made.status_code == 302
        assert Process.objects.get(slug="ailleurs").consultations.get().questions == "Et ici ?"

    def test_a_file_that_is_not_one_is_refused_and_stays_on_the_page(self, clerk):
        answer = clerk.post(at("new_from_file"), {"content": '{"format": "autre", "mot": "gardé"}'})
        assert answer.status_code == 422
        assert "gardé" in text(answer)
        broken = BytesIO(b"\xff\xfe\x00")
        broken.name = "x.json"
        assert clerk.post(at("new_from_file"), {"file": broken}).status_code == 422
        assert clerk.post(at("new_from_file"), {}).status_code == 422

    def test_a_hostile_second_step_is_refused(self, clerk):
        answer = clerk.post(at("new_from_file"), {"content": "{", "title": "a", "organiser": "b"})
        assert answer.status_code in (403, 422)
        assert not Process.objects.exists()

    def test_rows_of_a_spreadsheet_are_shown_then_added(self, desk, process):
        headings = "Thème\tTitre\tQuestion\tOuverture\tFermeture"
        rows = f"{headings}\nBouger\tLe vélo\tOù ?\t01/03/2027\t31/03/2027\nBouger\tLe bus\tQuand ?\t\t"
        shown = desk.post(at("paste", process=process.slug), {"rows": rows})
        assert "Le vélo" in text(shown)
        assert not Theme.objects.exists()
        assert desk.post(at("paste", process=process.slug), {"rows": rows, "apply": "1"}).status_code == 302
        assert [item.title for item in Theme.objects.get().consultations.order_by("rank")] == ["Le vélo", "Le bus"]

    def test_a_wrong_row_adds_nothing(self, desk, process):
        rows = "Bouger\tLe vélo\tOù ?\t\t31/02/2027\t\nBouger\tLe bus\tQuand ?\t\t\t"
        answer = desk.post(at("paste", process=process.slug), {"rows": rows, "apply": "1"})
        assert answer.status_code == 422
        assert not Theme.objects.exists()


class TestWritingPages:
    def test_the_presentation_is_changed(self, desk, process):
        form = {"title": "Demain", "organiser": "Commune", "licence": process.licence, "version": process.version}
        assert desk.post(at("presentation", process=process.slug), form).status_code == 302
        process.refresh_from_db()
        assert process.title == "Demain"

    def test_two_organisers_at_once_see_both_texts(self, desk, process):
        form = {"title": "La mienne", "organiser": "Commune", "licence": process.licence, "version": process.version}
        Process.objects.update(title="La leur", version=process.version + 1)
        answer = desk.post(at("presentation", process=process.slug), form)
        assert answer.status_code == 409
        assert "La leur" in text(answer)
        assert "La mienne" in text(answer)
        process.refresh_from_db()
        assert process.title == "La leur"
        form["version"] = process.version
        assert f'value="{process.version}"' in text(answer)
        assert desk.post(at("presentation", process=process.slug), form).status_code == 302
        process.refresh_from_db()
        assert process.title == "La mienne"

    def test_a_refused_change_says_why_in_the_form(self, desk, process):
        with writing() as now:
            an_open_consultation(process, now=now)
        answer = desk.post(at("method", process=process.slug), {"who_decides": "", "version": process.version})
        assert answer.status_code == 422
        assert Process.objects.get().who_decides == METHOD["who_decides"]

    def test_a_referral_is_recorded_and_seen(self, desk, process):
        form = {"kind": "government", "issuer": "Premier ministre", "number": "1348", "deadline_on": "2027-01-31"}
        assert desk.post(at("referral", process=process.slug), form).status_code == 302
        assert Referral.objects.get().deadline_on == date(2027, 1, 31)
        assert "1348" in text(desk.get(preview_address(process.slug)))

    def test_themes_are_added_changed_and_removed(self, desk, process):
        desk.post(at("themes", process=process.slug), {"title": "Bouger"})
        theme = Theme.objects.get()
        assert "Thèmes" in text(desk.get(at("dashboard", process=process.slug)))
        change = {"title": "Se déplacer", "number": 3, "version": theme.version}
        assert desk.post(at("theme", process=process.slug, number=1), change).status_code == 302
        assert Theme.objects.get().number == 3
        assert desk.post(at("remove_theme", process=process.slug, number=3)).status_code == 302
        assert not Theme.objects.exists()

    def test_a_question_is_added_then_given_its_dates(self, desk, process):
        answer = desk.post(at("new_consultation", process=process.slug), {"title": "Le soir", "questions": "Et le soir ?"})
        held = Consultation.objects.get(slug="le-soir")
        assert answer.headers["Location"] == at("calendar", process=process.slug, slug="le-soir")
        dates = {"opens_on": "2027-03-01", "opens_hour": "09:30", "closes_on": "2027-03-31", "version": held.version}
        assert desk.post(answer.headers["Location"], dates).status_code == 302
        held.refresh_from_db()
        assert timezone.localtime(held.opens_at).strftime("%d %H:%M") == "01 09:30"
        assert timezone.localtime(held.closes_at).strftime("%d/%m %H:%M") == "01/04 00:00"
        page = text(desk.get(at("calendar", process=process.slug, slug="le-soir")))
        assert 'value="2027-03-31"' in page
        assert 'value="09:30"' in page

    def test_a_last_day_before_the_first_is_refused(self, desk, process, draft):
        dates = {"opens_on": "2027-03-02", "closes_on": "2027-03-01", "version": draft.version}
        assert desk.post(at("calendar", process=process.slug, slug=draft.slug), dates).status_code == 422

    def test_past_the_deadline_the_form_asks_why(self, desk, process, draft):
        Referral.objects.create(process=process, deadline_on=date(2027, 3, 1))
        address = at("calendar", process=process.slug, slug=draft.slug)
        dates = {"opens_on": "2027-02-01", "closes_on": "2027-03-15", "version": draft.version}
        assert desk.post(address, dates).status_code == 422
        assert desk.post(address, {**dates, "deadline_derogation": "Journée reportée"}).status_code == 302
        draft.refresh_from_db()
        assert draft.deadline_derogation == "Journée reportée"
        assert "Journée reportée" in text(desk.get(at("dashboard", process=process.slug)))

    def test_a_deadline_recorded_after_the_dates_is_told_on_the_dashboard(self, desk, process, draft):
        unexplained = "rien ne dit pourquoi"
        assert unexplained not in text(desk.get(at("dashboard", process=process.slug)))
        Referral.objects.create(process=process, deadline_on=timezone.localdate())
        assert unexplained in text(desk.get(at("dashboard", process=process.slug)))

    def test_the_same_dates_for_a_whole_theme(self, desk, process, draft):
        theme = Theme.objects.create(process=process, number=1, title="Bouger")
        with writing() as now:
            others = [a_draft(process, now=now, slug=f"c{rank}", theme=theme) for rank in (1, 2)]
        answer = desk.post(
            at("group_calendar", process=process.slug) + "?theme=1", {"opens_on": "2027-03-01", "closes_on": "2027-03-31"}
        )
        assert answer.status_code == 302
        for item in others:
            item.refresh_from_db()
            assert timezone.localtime(item.opens_at).date() == date(2027, 3, 1)
        draft.refresh_from_db()
        assert timezone.localtime(draft.opens_at).date() != date(2027, 3, 1)

    def test_what_people_answer_to_is_shown_frozen_once_open(self, desk, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        address = at("consultation", process=process.slug, slug=held.slug)
        assert "disabled" in text(desk.get(address))
        form = {"title": "Autre", "questions": "Autre ?", "presentation": "Mieux dit", "version": held.version}
        assert desk.post(address, form).status_code == 302
        held.refresh_from_db()
        assert (held.title, held.presentation) == ("Nos places", "Mieux dit")

    def test_a_draft_is_removed_and_an_announced_one_stays(self, desk, process, draft):
        assert desk.post(at("remove_consultation", process=process.slug, slug=draft.slug)).status_code == 302
        with writing() as now:
            held = an_open_consultation(process, now=now)
        assert desk.post(at("remove_consultation", process=process.slug, slug=held.slug)).status_code == 403
        assert Consultation.objects.filter(pk=held.pk).exists()


class TestAnnouncingOpeningExtendingPages:
    def test_announced_on_its_day_with_its_method_it_opens_at_once(self, desk, process, draft):
        assert draft.questions in text(desk.get(at("announce", process=process.slug, slug=draft.slug)))
        assert desk.post(at("announce", process=process.slug, slug=draft.slug)).status_code == 302
        draft.refresh_from_db()
        assert draft.state == State.OPEN

    def test_announced_without_its_method_it_waits_and_says_for_what(self, desk, process, draft):
        Process.objects.update(appeal_body="")
        desk.post(at("announce", process=process.slug, slug=draft.slug))
        draft.refresh_from_db()
        assert draft.state == State.ANNOUNCED
        assert "Instance de recours" in text(desk.get(at("dashboard", process=process.slug)))
        assert desk.post(at("open_now", process=process.slug, slug=draft.slug)).status_code == 403
        Process.objects.update(appeal_body="Médiatrice")
        assert desk.post(at("open_now", process=process.slug, slug=draft.slug)).status_code == 302
        draft.refresh_from_db()
        assert draft.state == State.OPEN

    def test_an_extension_with_its_reason(self, desk, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        address = at("extend", process=process.slug, slug=held.slug)
        later = timezone.localdate(held.closes_at) + timedelta(days=10)
        assert desk.post(address, {"closes_on": later.isoformat(), "reason": ""}).status_code == 422
        earlier = (timezone.localdate(held.closes_at) - timedelta(days=3)).isoformat()
        wrong = desk.post(address, {"closes_on": earlier, "reason": "La neige"})
        assert wrong.status_code == 422
        assert "La neige" in text(wrong)
        assert desk.post(address, {"closes_on": later.isoformat(), "reason": "La neige"}).status_code == 302
        held.refresh_from_db()
        assert timezone.localtime(held.closes_at).date() == later + timedelta(days=1)
        assert "La neige" in text(desk.get(at("journal", process=process.slug)))

    def test_the_open_consultations_of_a_theme_are_extended_together(self, desk, process):
        theme = Theme.objects.create(process=process, number=1, title="Bouger")
        with writing() as now:
            both = [an_open_consultation(process, now=now, slug=slug, theme=theme) for slug in ("a", "b")]
        later = timezone.localdate(both[0].closes_at) + timedelta(days=10)
        form = {"closes_on": later.isoformat(), "reason": "La neige", "together": "1"}
        assert desk.post(at("extend", process=process.slug, slug="a"), form).status_code == 302
        assert Consultation.objects.values("closes_at").distinct().count() == 1
        assert Consultation.objects.filter(extensions__reason="La neige").count() == 2

    def test_the_dates_of_an_open_consultation_lead_to_its_extension(self, desk, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        answer = desk.get(at("calendar", process=process.slug, slug=held.slug))
        assert answer.headers["Location"] == at("extend", process=process.slug, slug=held.slug)


class TestSeveralAtOnce:
    def test_what_is_ready_is_announced_together_and_the_rest_says_why(self, desk, process):
        with writing() as now:
            for rank in (1, 2):
                a_draft(process, now=now, slug=f"c{rank}", title=f"Prête {rank}", opens_at=now + timedelta(days=1))
            a_draft(process, now=now, slug="c3", title="Pas prête", questions="")
        assert at("announce_ready", process=process.slug) in text(desk.get(at("dashboard", process=process.slug)))
        page = text(desk.get(at("announce_ready", process=process.slug)))
        assert page.index("Prête 2") < page.index("Pas prête")
        assert desk.post(at("announce_ready", process=process.slug)).status_code == 302
        states = dict(Consultation.objects.values_list("slug", "state"))
        assert states == {"c1": State.ANNOUNCED, "c2": State.ANNOUNCED, "c3": State.DRAFT}

    def test_the_dashboard_of_twenty_six_consultations_asks_the_database_little(
        self, desk, process, django_assert_max_num_queries
    ):
        theme = Theme.objects.create(process=process, number=1, title="Bouger")
        with writing() as now:
            for rank in range(26):
                a_draft(process, now=now, slug=f"c{rank}", theme=theme)
        with django_assert_max_num_queries(30):
            assert desk.get(at("dashboard", process=process.slug)).status_code == 200


class TestRolesPages:
    def test_a_role_is_offered_by_mail_and_taken_up(self, desk, process):
        form = {"email": "nadia@exemple.fr", "role": "moderator", "body": "Neuville", "last_day_of_role": "2027-12-31"}
        assert desk.post(at("roles", process=process.slug), form).status_code == 302
        assert "nadia@exemple.fr" in text(desk.get(at("roles", process=process.slug)))
        address = "/" + Mail.objects.get(to="nadia@exemple.fr").body.split("http://127.0.0.1:8000/")[1].split()[0]
        with writing() as now:
            nadia, other = a_person("Nadia", on=now), a_person("Autre", on=now)
        assert signed_in(other).post(address).status_code == 403
        assert Client().get(address).status_code == 302
        mine = signed_in(nadia)
        assert "ce qui est signalé" in text(mine.get(address)), "what one will do is said before one accepts"
        assert 'href="/demain/moderation/"' in text(mine.post(address))
        assert process.roles.get(account=nadia).until_on == date(2028, 1, 1)
        assert mine.post(address).status_code == 403
        assert mine.get(address.replace("invitation/", "invitation/x")).status_code == 404

    def test_an_offer_to_oneself_is_taken_at_once(self, desk, process, organiser):
        desk.post(at("roles", process=process.slug), {"email": organiser.email, "role": "moderator"})
        assert process.roles.filter(account=organiser, role=Role.MODERATOR).exists()
        assert not Invitation.objects.exists()

    def test_a_role_is_ended_but_not_that_of_the_last_organiser(self, desk, process, organiser):
        moderator = process.roles.filter(role=Role.MODERATOR).order_by("number")[0]
        assert desk.post(at("end_role", process=process.slug, pk=moderator.pk)).status_code == 302
        mine = process.roles.get(account=organiser)
        assert desk.post(at("end_role", process=process.slug, pk=mine.pk)).status_code == 403

    def test_an_invitation_is_withdrawn(self, desk, process):
        desk.post(at("roles", process=process.slug), {"email": "nadia@exemple.fr", "role": "moderator"})
        invitation = Invitation.objects.get()
        assert desk.post(at("withdraw_invitation", process=process.slug, pk=invitation.pk)).status_code == 302
        invitation.refresh_from_db()
        assert invitation.withdrawn_at is not None

    def test_an_administrator_names_an_organiser_where_none_is_left(self, clerk, process):
        with writing() as now:
            nadia = a_person("Nadia", on=now)
        asked = f"{at('hand_over')}?concertation={process.slug}"
        assert f'href="{asked}"' in clerk.get("/mon-espace/").content.decode(), "nobody organises it: my space says so"
        assert f'<option value="{process.slug}" selected>' in clerk.get(asked).content.decode()
        assert clerk.post(at("hand_over"), {"process": process.slug, "email": "inconnue@exemple.fr"}).status_code == 422
        assert clerk.post(at("hand_over"), {"process": process.slug, "email": nadia.email}).status_code == 302
        assert asked not in clerk.get("/mon-espace/").content.decode()
        assert signed_in(nadia).get(at("dashboard", process=process.slug)).status_code == 200
        assert process.acts.order_by("-pk")[0].actor == "installation"

    def test_an_administrator_lets_someone_start_concertations(self, clerk):
        with writing() as now:
            nadia = a_person("Nadia", on=now)
        assert signed_in(nadia).get(at("new")).status_code == 403
        assert clerk.post(at("rights"), {"email": "inconnue@exemple.fr", "body": "Neuville"}).status_code == 422
        assert clerk.post(at("rights"), {"email": nadia.email, "body": "Neuville"}).status_code == 302
        assert signed_in(nadia).get(at("new")).status_code == 200
        right = CreationRight.objects.get()
        assert clerk.post(at("end_right", pk=right.pk)).status_code == 302
        assert signed_in(nadia).get(at("new")).status_code == 403


class TestProgressPages:
    def test_a_point_is_looked_at_then_published(self, desk, process):
        Process.objects.update(last_number=800)
        form = {"title": "Deux semaines", "body": "Voir #746, pas #999."}
        seen = desk.post(at("progress", process=process.slug), form)
        assert f'href="/{process.slug}/contributions/746/"' in text(seen)
        assert "contributions/999" not in text(seen)
        assert not ProgressUpdate.objects.exists()
        assert desk.post(at("progress", process=process.slug), {**form, "publish": "1"}).status_code == 302
        assert ProgressUpdate.objects.get().role == Role.ORGANISER

    def test_the_authority_publishes_points_and_nothing_else(self, process):
        with writing() as now:
            minister = a_person("Ministre", on=now)
            grant_role(process, minister, Role.AUTHORITY, actor="organiser/1", now=now)
        client = signed_in(minister)
        page = client.get(at("progress", process=process.slug))
        assert page.status_code == 200
        assert at("roles", process=process.slug) not in text(page)
        client.post(at("progress", process=process.slug), {"title": "A", "body": "B", "publish": "1"})
        assert ProgressUpdate.objects.get().role == Role.AUTHORITY
        assert client.get(at("dashboard", process=process.slug)).status_code == 403

    def test_the_point_of_the_week_is_drafted_from_the_record(self, desk, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
            Consultation.objects.filter(pk=held.pk).update(texts=12, proposals=7, votes=1)
        page = text(desk.get(f"/{process.slug}/organisation/points/semaine/"))
        assert "7 propositions" in page
        assert "12 textes et 1 vote de plus" in page
        assert "Nos places" in page
        assert not ProgressUpdate.objects.exists()


PAGES = [name for name in TABLE if name.startswith("processes:")]


class TestWhoReachesWhat:
    """Every page of this package, for everyone: its audience and nobody else, in its own process and no other."""

    def address(self, name, process, consultation):
        kwargs = {
            "new_from": {"name": "une-question"}, "new_duplicate": {"source": process.slug}, "end_right": {"pk": 1},
            "theme": {"number": 1}, "remove_theme": {"number": 1}, "end_role": {"pk": 1}, "withdraw_invitation": {"pk": 1},
            "accept_invitation": {"token": "x"},
        }.get(name, {})  # fmt: skip
        if name in ("consultation", "remove_consultation", "calendar", "announce", "open_now", "extend"):
            kwargs = {"slug": consultation.slug}
        if name not in ("new", "new_from", "new_duplicate", "new_from_file", "rights", "end_right", "hand_over"):
            kwargs["process"] = process.slug
        return at(name, **kwargs)

    @pytest.fixture
    def people(self, process, organiser):
        with writing() as now:
            elsewhere = create_process(slug="ailleurs", title="Ailleurs", organiser="Neuville", now=now)
            cast = {role: a_person(f"Rôle {role.value}", on=now) for role in Role if role != Role.ORGANISER}
            for role, account in cast.items():
                grant_role(process, account, role, actor="organiser/1", now=now)
            neighbour = a_person("Voisine", on=now)
            grant_role(elsewhere, neighbour, Role.ORGANISER, actor="organiser/1", now=now)
            return {
                **{role.value: account for role, account in cast.items()},
                "organiser": organiser,
                "neighbour": neighbour,
                "citizen": a_person("Citoyenne", on=now),
                "administrator": a_person("Admin", on=now, is_administrator=True),
            }

    @pytest.mark.parametrize("name", PAGES)
    def test_each_page_has_its_audience(self, name, process, draft, people):
        access = TABLE[name]
        address = self.address(name.split(":")[1], process, draft)
        method = "get" if "GET" in access.methods else "post"
        assert getattr(Client(), method)(address).status_code == 302
        for who, account in people.items():
            if access.audience is Audience.SIGNED_IN:
                allowed = True
            elif isinstance(access.audience, Audience):
                allowed = who == "administrator"
            else:
                allowed = who in {role.value for role in access.audience}
            status = getattr(signed_in(account), method)(address).status_code
            if method == "get" or not allowed:
                assert (status == 403) is not allowed, (who, status)

    @pytest.mark.parametrize("name", PAGES)
    def test_reading_changes_nothing_and_what_only_acts_is_not_read(self, name, process, draft, people):
        access = TABLE[name]
        address = self.address(name.split(":")[1], process, draft)
        person = people["administrator"] if isinstance(access.audience, Audience) else people["organiser"]
        count = process.acts.count()
        answer = signed_in(person).get(address)
        assert (answer.status_code == 405) is ("GET" not in access.methods)
        assert process.acts.count() == count

    def test_without_the_second_step_nothing_opens(self, process, organiser):
        client = Client()
        client.force_login(organiser)
        answer = client.get(at("dashboard", process=process.slug))
        assert answer.status_code == 302
        assert "second-facteur" in answer.headers["Location"]


def test_the_shipped_files_are_what_the_export_writes():
    for name in ("une-question", "par-themes", "plan-d-actions"):
        assert json.loads(written(shipped(name)))["format"] == "polyphonie/starting-point/1"
