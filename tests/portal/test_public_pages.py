"""Do the public pages say where things stand, cost a constant number of queries, and read the same for everyone?"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from polyphonie.contributions.actions import Text, publish
from polyphonie.contributions.models import Contribution, Kind, Side
from polyphonie.core.addresses import contribution_address
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation, Process
from tests.concertations import a_process, an_open_consultation
from tests.portal.scene import Scene, a_scene

pytestmark = pytest.mark.django_db

ANONYMOUS, SIGNED_IN = 6, 9


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def pages_of(scene: Scene) -> dict[str, int]:
    slug, number = scene.process.slug, scene.proposal.number
    return {
        "/": 200,
        f"/{slug}/": 200,
        f"/{slug}/contributions/{number}/": 200,
        f"/{slug}/contributions/{number}/?arguments=pour": 200,
        f"/{slug}/contributions/{number}/revisions/": 200,
        f"/{slug}/contributions/{scene.hidden.number}/": 410,
        f"/{slug}/contributions/{scene.withdrawn.number}/": 410,
        f"/{slug}/contributions/{scene.hidden.number}/revisions/": 410,
        f"/{slug}/suivi/": 200,
        f"/{slug}/chronologie/": 200,
        f"/{slug}/participants/": 200,
        f"/{slug}/participants/les-bricoleurs/": 200,
        f"/{slug}/participants/camille-exemple/": 200,
    }


def test_public_pages_stay_within_their_budget_of_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    for address, status in pages_of(a_scene(arguments=6)).items():
        with django_assert_max_num_queries(ANONYMOUS):
            read(client, address, status)


def test_public_pages_stay_within_their_budget_for_people_signed_in(client: Client, django_assert_max_num_queries: Any) -> None:
    scene = a_scene(arguments=6)
    client.force_login(scene.author)
    for address, status in pages_of(scene).items():
        with django_assert_max_num_queries(SIGNED_IN):
            read(client, address, status)


def queries_of(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        read(client, address)
    return len(captured)


def test_a_contribution_costs_the_same_with_one_answer_and_with_many(client: Client) -> None:
    scene = a_scene(arguments=2, sources=1, completions=1)
    address = contribution_address("demain", scene.proposal.number)
    few = queries_of(client, address)
    with writing() as now:
        for rank in range(40):
            side = Side.FOR if rank % 2 else Side.AGAINST
            text = Text(body=f"Encore un argument, voir #{scene.quiet.number}")
            publish(scene.consultation, Kind.ARGUMENT, text, author=scene.author, about=scene.proposal, side=side, now=now)
    assert queries_of(client, address) == few


def test_pages_carry_no_form_that_posts_and_are_the_same_for_all(client: Client) -> None:
    scene = a_scene()
    for address, status in pages_of(scene).items():
        html = read(client, address, status)
        assert 'method="post"' not in html, address
        assert html == read(Client(), address, status)
        assert not client.get(address).cookies


def test_an_unchanged_page_is_answered_in_a_word(client: Client) -> None:
    scene = a_scene()
    address = contribution_address("demain", scene.proposal.number)
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""


def test_what_one_person_sees_is_never_shared(client: Client) -> None:
    scene = a_scene()
    client.force_login(scene.author)
    assert "no-store" in client.get("/demain/").headers["Cache-Control"]


def test_the_only_process_is_the_first_page(client: Client) -> None:
    a_scene()
    assert "<h1>Demain, nos places</h1>" in read(client, "/")


def test_a_village_reads_all_of_its_one_question_on_the_first_page(client: Client) -> None:
    with writing() as now:
        an_open_consultation(a_process(now=now), now=now)
    Consultation.objects.update(questions="Que faire de l’école ?", presentation="Elle a **fermé** en juin.")
    html = read(client, "/")
    assert "Que faire de l’école" in html
    assert "<strong>fermé</strong>" in html
    assert "Thème" not in html


def test_an_empty_installation_says_what_a_concertation_is(client: Client) -> None:
    assert "Aucune concertation n’est encore annoncée ici" in read(client, "/")


def test_a_process_says_where_it_stands_and_what_one_can_do(client: Client) -> None:
    scene = a_scene()
    html = read(client, "/demain/")
    assert "Étape 2 sur 5\u00a0: contributions, jusqu’au" in html
    assert "Ce que vous pouvez faire maintenant" in html
    assert "Thème 1\u00a0: Vivre ensemble" in html
    assert "Saisine" in html
    assert "n°\u00a01348" in html
    assert "s’engage à répondre aux contributeurs au plus tard le" in html
    assert "Première semaine" in html
    assert f"/demain/consultations/{scene.consultation.slug}/avis/" in html


def test_a_late_answer_is_said_late(client: Client) -> None:
    scene = a_scene()
    scene.process.feedback_due_on = timezone.localdate() - timedelta(days=12)
    scene.process.save(update_fields=["feedback_due_on"])
    assert "En retard de 12 jours" in read(client, "/demain/")
    assert "En retard de 12 jours" in read(client, "/demain/suivi/")


def test_a_process_that_is_not_announced_is_seen_by_nobody_else(client: Client) -> None:
    scene = a_scene()
    Process.objects.update(is_listed=False)
    for address in ("/demain/", contribution_address("demain", scene.proposal.number), "/demain/suivi/"):
        read(client, address, 404)


def test_a_contribution_shows_its_text_its_answers_and_its_thread(client: Client) -> None:
    scene = a_scene(arguments=9)
    html = read(client, contribution_address("demain", scene.proposal.number))
    assert "trois soirs par semaine" in html
    assert f'<a href="/demain/contributions/{scene.quiet.number}/">#{scene.quiet.number}</a>' in html
    assert 'contributions/99/"' not in html
    assert "6 arguments pour" in html
    assert "3 arguments contre" in html
    assert html.count("Voir les 3 autres arguments pour") == 1
    assert "Étude 0" in html
    assert "Aussi le dimanche 0" in html
    assert "Ce que devient cette contribution" in html
    assert "Citée dans un point d’étape" in html
    assert "Compte vérifié" in html
    assert 'href="/demain/participants/les-bricoleurs/"' in html


def test_each_side_shows_as_many_arguments_first(client: Client) -> None:
    scene = a_scene(arguments=9)
    html = read(client, contribution_address("demain", scene.proposal.number))
    against = html.split('class="side against"')[1].split("</section>")[0]
    assert html.split('class="side for"')[1].split('class="side against"')[0].count("<article") == 3
    assert against.count("<article") == 3


def test_the_short_address_leads_to_the_contribution(client: Client) -> None:
    response = client.get("/demain/746")
    assert response.status_code == 301
    assert response.headers["Location"] == "/demain/contributions/746/"


def test_a_hidden_text_keeps_its_address_with_its_ground_and_no_name(client: Client) -> None:
    scene = a_scene()
    for suffix in ("", "revisions/"):
        html = read(client, contribution_address("demain", scene.hidden.number) + suffix, 410)
        assert "Texte masqué" in html
        assert "Motif" in html
        for secret in ("Injure", "Mots durs", "Une habitante"):
            assert secret not in html


def test_a_withdrawn_text_keeps_its_address(client: Client) -> None:
    scene = a_scene()
    html = read(client, contribution_address("demain", scene.withdrawn.number), 410)
    assert "Texte retiré par son auteur" in html
    assert "Regret" not in html
    assert "Une habitante" not in html


def test_versions_show_what_changed_word_by_word(client: Client) -> None:
    scene = a_scene()
    html = read(client, contribution_address("demain", scene.proposal.number) + "revisions/")
    assert "ajouté\u00a0: </span>trois" in html
    assert "supprimé\u00a0: </span>deux" in html


def test_participants_are_organisations_and_people_who_agreed(client: Client) -> None:
    a_scene()
    html = read(client, "/demain/participants/")
    assert "Les Bricoleurs" in html
    assert "Camille Exemple" in html
    assert "Une habitante" not in html
    read(client, "/demain/participants/une-habitante/", 404)
    profile = read(client, "/demain/participants/camille-exemple/")
    assert "Planter des arbres" in profile
    assert "Ouvrir un atelier" not in profile


def test_the_timeline_puts_what_is_past_before_what_is_ahead(client: Client) -> None:
    a_scene()
    html = read(client, "/demain/chronologie/")
    assert html.index("Premier ministre") < html.index("À venir") < html.index("Nos gares")


@pytest.mark.django_db
def test_every_source_and_completion_is_reached_page_by_page(client):
    scene = a_scene(arguments=0, sources=45, completions=25)
    address = f"/demain/contributions/{scene.proposal.number}/"
    page = client.get(address).content.decode()
    assert "45 sources" in page
    assert "25 compléments" in page
    for word, kind, count in (("sources", Kind.SOURCE, 45), ("complements", Kind.COMPLETION, 25)):
        assert f"{address}?voir={word}#" in page
        pages = [client.get(f"{address}?voir={word}&page={number}").content.decode() for number in (1, 2, 3, 99)]
        texts = scene.proposal.replies.filter(kind=kind)
        assert texts.count() == count
        assert all(any(f"/contributions/{text.number}/" in shown for shown in pages) for text in texts)
        assert "Arguments" not in pages[0].split("<main")[1]
    Contribution.objects.filter(pk=scene.proposal.pk).update(status="withdrawn")
    gone = client.get(address).content.decode()
    assert all(f">#{text.number}</a>" in gone for text in scene.proposal.replies.all())
