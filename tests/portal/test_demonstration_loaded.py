"""What does loading leave? A living concertation, counted right, published by batches, told as invented; loaded once only."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from polyphonie.accounts.models import Account, Organisation
from polyphonie.accounts.queries import account_of
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.annotations.models import Annotation
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.ballots import vote_commitment, vote_content
from polyphonie.consultation.models import Batch, Vote, series_on
from polyphonie.consultation.queries.opinions import published_positions, texts_to_analyse
from polyphonie.consultation.queries.positions import my_votes
from polyphonie.consultation.queries.recount import differences
from polyphonie.consultation.rules import SILENCE, VOTERS_PER_BATCH, VOTERS_PER_TEXT
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.contributions.search import search
from polyphonie.core.writing import writing
from polyphonie.ledger.actions import written_leaf
from polyphonie.ledger.models import Entry, WaitingEntry
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym
from polyphonie.moderation.models import Act, Decision
from polyphonie.moderation.queries import to_read
from polyphonie.opinion.apart import ANALYSIS, computed
from polyphonie.outbox.models import Mail
from polyphonie.portal.demonstration import ballots, content, crowd, loading
from polyphonie.portal.demonstration.clock import Clock
from polyphonie.portal.static_site.writing import archive
from polyphonie.processes.models import Consultation, Process, Role
from polyphonie.processes.queries import roles_held
from polyphonie.synthesis.models import SettledDoubt, SynthesisVersion
from polyphonie.synthesis.queries.doubts import doubts_of
from tests.portal.standing_alone import assert_stands_alone
from tests.undone import undone

pytestmark = pytest.mark.django_db

ARCHIVED = os.environ.get("POLYPHONIE_ARCHIVE", "ambition-numerique")
"""`demain-nos-places`, the living one, has 1,400 pages: half a minute."""
MOST_QUERIES = 26_000
"""Whatever the machine: votes are written by hundreds, each text by itself."""

PARIS = ZoneInfo("Europe/Paris")
Positions = dict[bytes, dict[int, int]]


class Count:
    """How many statements a block sends to the database."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[int]:
    """The demonstration, loaded once for this module; how many statements it took."""
    count = Count()
    with django_db_blocker.unblock(), undone():
        with connection.execute_wrapper(count):
            assert loading.load(timezone.now())
        yield count.statements


@pytest.fixture
def process(loaded: int, db: None) -> Process:
    return Process.objects.get(slug="demain-nos-places")


def voices_of(process: Process) -> QuerySet[Contribution]:
    return Contribution.objects.filter(process=process)


def test_the_totals_are_those_that_were_promised(process):
    kinds = Counter(voices_of(process).values_list("kind", flat=True))
    assert kinds[Kind.PROPOSAL] == 150
    assert kinds[Kind.ARGUMENT] >= 300
    assert kinds[Kind.SOURCE] >= 80
    assert kinds[Kind.COMPLETION] >= 15
    assert process.themes.count() == 4
    assert Account.objects.filter(is_administrator=False, needs_second_factor=False).count() == 250
    assert Organisation.objects.count() == 12
    published = Vote.objects.filter(published_position__isnull=False).count()
    assert published >= 2_000
    assert 5_000 <= Vote.objects.count() <= ballots.VOTES
    assert published == sum(process.consultations.values_list("votes", flat=True))


def test_its_eight_consultations_are_found_in_every_state(process):
    now = timezone.now()
    consultations = {item.slug: item for item in process.consultations.all()}
    for item in content.concertation()["consultations"]:
        consultation = consultations.pop(item["slug"])
        state = {"closing_soon": "open"}.get(item["state"], item["state"])
        assert consultation.state == state, item["slug"]
        assert bool(item.get("extensions")) == consultation.extensions.exists()
        if item["state"] == "closing_soon":
            assert timedelta() < consultation.closes_at - now < SILENCE
    assert not consultations


def test_every_counter_equals_a_recount(process):
    for consultation in process.consultations.all():
        assert differences(consultation) == []
    for voice in voices_of(process).filter(kind=Kind.PROPOSAL):
        shown = Counter(voice.replies.filter(status=Status.PUBLISHED).values_list("kind", "side"))
        assert shown[Kind.ARGUMENT, "for"] == voice.arguments_for
        assert shown[Kind.ARGUMENT, "against"] == voice.arguments_against
        assert shown[Kind.SOURCE, ""] == voice.sources


def test_votes_were_published_by_batches_of_twenty_voters_and_never_in_the_silence(process):
    batches = Batch.objects.filter(consultation__process=process).select_related("consultation")
    assert batches.count() >= 12
    for batch in batches:
        consultation = batch.consultation
        assert consultation.opens_at < batch.sealed_at <= timezone.now()
        if batch.sealed_at != consultation.closes_at:
            assert batch.voters >= VOTERS_PER_BATCH
            assert batch.sealed_at < consultation.closes_at - SILENCE
    for consultation in process.consultations.filter(state=Consultation.State.CLOSED):
        assert batches.filter(consultation=consultation).latest("number").sealed_at == consultation.closes_at
        assert not WaitingEntry.objects.filter(series__startswith=series_on(consultation)).exists()
        tallies = Entry.objects.filter(log=process.log, kind="tally").count()
        assert tallies >= 50


def test_some_votes_still_wait_in_what_is_open(process):
    waiting = Vote.objects.filter(contribution__consultation__process=process, is_waiting=True)
    assert 0 < waiting.count() < 1_200
    assert max(Counter(waiting.values_list("contribution", flat=True)).values()) < VOTERS_PER_TEXT
    assert waiting.count() == WaitingEntry.objects.filter(log=process.log).count()
    assert not waiting.exclude(contribution__consultation__state="open").exists()


def test_each_vote_is_the_one_that_casting_it_leaves(process):
    """Written in bulk, a vote has the pseudonyms, the commitment and the leaf that `cast_vote` gives it, and can be changed."""
    account = account_of("nadia@example.org")
    secret = voter_secret(account)
    standing = process.consultations.get(slug="voitures-livraisons-velos")
    voter = voter_pseudonym(secret, process.slug, standing.slug)
    votes = list(Vote.objects.filter(voter=voter).select_related("contribution"))
    assert votes
    for vote in votes:
        number = vote.contribution.number
        revision = Revision.objects.get(contribution=vote.contribution, number=vote.leaf_revision)
        commitment = vote_commitment(vote.position, bytes(vote.salt), bytes(vote.nonce))
        mark = nullifier(secret, process.slug, number)
        told = vote_content(number=number, rev=bytes(revision.leaf_hash), mark=mark, seq=vote.seq, commitment=commitment)
        leaf, hashed = written_leaf("vote", told)
        assert hashed == bytes(vote.leaf_hash)
        series = series_on(standing, number)
        kept = WaitingEntry.objects.filter(series=series) if vote.is_waiting else Entry.objects.filter(log=process.log)
        assert kept.filter(leaf=leaf).exists()
    one = votes[0]
    with writing(lock=standing, shared=True) as now:
        cast = cast_vote(
            one.contribution, account=account, position=-1, nonce=b"n" * 16, after=1, revision=one.contribution.revision, now=now
        )
    assert cast.seq == 2


def test_people_find_their_own_votes_and_texts(process):
    account = account_of("nadia@example.org")
    assert sum(len(votes) for _consultation, votes in my_votes(account)) >= 5
    assert Contribution.objects.filter(author=account).count() >= 5


def test_no_act_is_later_than_now_and_numbers_follow_time(process):
    now = timezone.now()
    instants = list(voices_of(process).order_by("number").values_list("published_at", flat=True))
    assert instants == sorted(instants)
    assert instants[-1] <= now
    assert process.last_number == len(instants)
    acts = process.acts.values_list("happened_at", flat=True)
    assert max(acts) <= now


def test_what_was_in_the_public_debate_was_entered_before_the_opening(process):
    seeded = voices_of(process).filter(origin="public_debate").select_related("consultation")
    assert len(seeded) == 10
    assert all(voice.published_at < voice.consultation.opens_at and voice.origin_note and not voice.author_id for voice in seeded)
    assert process.acts.filter(kind="seeded").count() == 6


def test_people_were_told_and_their_old_mail_has_left(process, settings, client):
    mails = Mail.objects.all()
    assert mails.filter(key__startswith="published/").count() >= 500
    assert mails.filter(key__startswith="digest/").count() >= 200
    assert not mails.filter(sent_at=None).exists()
    assert max(mails.values_list("queued_at", flat=True)) <= timezone.now()
    settings.POLYPHONIE_DEMO = True
    assert client.get("/demo/courrier/").content.decode().count("<article") == 100


def test_citations_of_the_content_became_numbers(process):
    numbers = dict(voices_of(process).filter(kind=Kind.PROPOSAL).values_list("title", "number"))
    title = next(item["title"] for _, _, item in content.every_text() if item.get("key") == "halle-sans-voitures")
    update = process.progress_updates.get(title="Le point de la semaine")
    assert f"#{numbers[title]}" in update.body
    bodies = [*voices_of(process).values_list("body", flat=True), *process.progress_updates.values_list("body", flat=True)]
    assert not [body for body in bodies if "{p:" in body]


def test_a_hidden_argument_keeps_its_number_and_its_ground(process):
    hidden = voices_of(process).get(status=Status.HIDDEN)
    assert hidden.status_ground == "charter_advertising"
    assert hidden.number not in [voice.number for voice in search(process, "barnums").contributions]


def test_it_can_be_searched(process):
    assert search(process, "fontaine").total >= 3


def test_those_who_run_it_hold_their_roles(process):
    entries = content.concertation()["entries"]
    for role in (Role.ORGANISER, Role.MODERATOR, Role.RAPPORTEUR):
        account = account_of(crowd.address_of(entries[role.value]))
        assert roles_held(account, process.slug) == {role}
        assert account.needs_second_factor
    held = Counter(process.roles.values_list("role", flat=True))
    assert held == {"organiser": 1, "moderator": 2, "rapporteur": 1, "appeal": 1, "authority": 1}
    assert account_of(crowd.address_of(entries["administrator"])).is_administrator
    assert account_of(crowd.address_of(entries["organisation"])).memberships.filter(organisation__verified_on__isnull=False)


def test_everything_in_it_is_labelled_as_invented(process, client):
    assert process.is_demonstration
    for text in (process.tagline, process.introduction, process.organiser):
        assert "invent" in text
    page = client.get(f"/{process.slug}/consultations/nuit/").content.decode()
    assert "tout ce qui est ici est inventé" in page


def test_the_archive_beside_it_holds_public_facts_and_no_voice(process):
    archive = Process.objects.get(slug="ambition-numerique")
    assert archive.is_archive
    assert archive.is_listed
    assert voices_of(archive).count() == archive.last_number == 0
    assert archive.themes.count() == 4
    consultations = archive.consultations.all()
    assert len(consultations) == 26
    assert {item.state for item in consultations} == {"closed"}
    assert all(item.is_imported and item.config_leaf for item in consultations)
    lcen = consultations.get(slug="lcen-responsabilites")
    assert timezone.localtime(lcen.opens_at) == datetime(2014, 10, 4, tzinfo=PARIS)
    assert timezone.localtime(lcen.closes_at) == datetime(2015, 1, 17, tzinfo=PARIS)
    assert "non renseignés" in lcen.presentation
    assert archive.referral.number == "1348"
    assert not archive.is_demonstration


def test_the_pages_of_the_archive_say_what_is_known_and_what_is_not(process, client):
    home = client.get("/ambition-numerique/").content.decode()
    assert "non renseigné" in home
    assert "17\N{NARROW NO-BREAK SPACE}678" in home
    assert "Il manque" not in home
    figures = client.get("/ambition-numerique/chiffres/").content.decode()
    assert figures.count('class="card"') == len(content.archive()["figures"])
    assert "somme de nombres imprimés" in figures
    timeline = client.get("/ambition-numerique/chronologie/").content.decode()
    assert timeline.count("<li>") >= len(content.archive()["milestones"])
    assert "février 2015 – mars 2015" in timeline
    assert "vers juin 2015" in timeline
    page = client.get("/ambition-numerique/consultations/lcen-responsabilites/").content.decode()
    assert "16 janvier 2015" in page
    assert "/proposer/" not in page


def test_a_consultation_of_the_archive_takes_nothing(process, client):
    client.force_login(account_of("nadia@example.org"))
    page = client.get("/ambition-numerique/consultations/lcen-responsabilites/proposer/").content.decode()
    assert "elle est close" in page
    assert "<textarea" not in page


def test_loading_again_does_nothing(process):
    before = (Account.objects.count(), Contribution.objects.count(), Entry.objects.count())
    assert not loading.load(timezone.now())
    assert before == (Account.objects.count(), Contribution.objects.count(), Entry.objects.count())


def test_loading_asks_the_database_a_bounded_number_of_times(loaded):
    assert loaded < MOST_QUERIES


def positions_in(consultation: Consultation) -> Positions:
    """Every voter's published positions by text."""
    found: Positions = defaultdict(dict)
    rows = Vote.objects.filter(contribution__consultation=consultation, published_position__isnull=False)
    for voter, text, position in rows.values_list("voter", "contribution", "published_position"):
        found[bytes(voter)][text] = position
    return found


def leanings_in(consultation: Consultation, process: Process) -> dict[bytes, str]:
    found = {}
    for person in content.people()["people"]:
        secret = voter_secret(account_of(crowd.address_of(person["key"])))
        found[voter_pseudonym(secret, process.slug, consultation.slug)] = person["leaning"]
    return found


def agreement(one: dict[int, int], other: dict[int, int]) -> float | None:
    """The share of the texts both answered on which they answered alike."""
    shared = one.keys() & other.keys()
    return sum(one[text] == other[text] for text in shared) / len(shared) if len(shared) >= 3 else None


def test_at_least_two_groups_of_opinion_are_recognisable(process):
    """Without knowing who leans how, voters fall in two groups along the line on which they differ most."""
    consultation = process.consultations.get(slug="voitures-livraisons-velos")
    positions, leanings = positions_in(consultation), leanings_in(consultation, process)
    alike, apart = [], []
    for one, other in combinations(sorted(positions), 2):
        if {leanings[one], leanings[other]} <= {"a", "b"} and (share := agreement(positions[one], positions[other])) is not None:
            (alike if leanings[one] == leanings[other] else apart).append(share)
    assert sum(alike) / len(alike) > sum(apart) / len(apart) + 0.12
    place = main_line(positions)
    sides = [(place[voter] > 0, leanings[voter]) for voter in positions if leanings[voter] in "ab"]
    right = sum(side == (leaning == "a") for side, leaning in sides)
    assert max(right, len(sides) - right) / len(sides) > 0.85


@pytest.mark.once
def test_one_closed_consultation_claims_groups_by_the_gate_and_another_says_that_there_are_none(process):
    found = {}
    for consultation in process.consultations.filter(state=Consultation.State.CLOSED):
        found[consultation.slug] = computed(ANALYSIS, texts_to_analyse(consultation), published_positions(consultation))
    assert {slug: result["verdict"] for slug, result in found.items()} == {"ombre-et-eau": "groups", "traverser": "no_groups"}
    shown = found["ombre-et-eau"]
    assert 2 <= len(shown["groups"]) <= 3
    assert shown["table"]["rows"], "everybody answered enough to be placed, and some texts are told by group"
    assert shown["without_habits"] >= 0.7
    assert shown["map"]["not_shown"] < shown["placed"] / 4


def main_line(positions: Positions) -> dict[bytes, float]:
    """Each voter's place on the first principal component of the answers, centred by text (power iteration)."""
    texts = sorted({text for answers in positions.values() for text in answers})
    means = {}
    for text in texts:
        given = [answers[text] for answers in positions.values() if text in answers]
        means[text] = sum(given) / len(given)
    centred = {voter: {text: answers[text] - means[text] for text in answers} for voter, answers in positions.items()}
    weights = {text: 1.0 if rank % 2 else -0.5 for rank, text in enumerate(texts)}
    place: dict[bytes, float] = {}
    for _ in range(60):
        place = {voter: sum(value * weights[text] for text, value in row.items()) for voter, row in centred.items()}
        weights = dict.fromkeys(texts, 0.0)
        for voter, row in centred.items():
            for text, value in row.items():
                weights[text] += value * place[voter]
        length = sum(value**2 for value in weights.values()) ** 0.5
        weights = {text: value / length for text, value in weights.items()}
    return place


MOMENTS = [
    datetime(2026, 3, 29, 3, 30, tzinfo=PARIS),
    datetime(2026, 10, 25, 0, 5, tzinfo=PARIS),
    datetime(2027, 1, 1, 23, 58, tzinfo=PARIS),
    datetime(2027, 6, 15, 4, 1, tzinfo=PARIS),
    datetime(2028, 2, 29, 12, 0, tzinfo=PARIS),
]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_whatever_the_hour_of_loading_acts_fall_in_order_inside_their_consultation(now):
    clock = Clock(now)
    offsets = sorted(
        {item["on_day"] for _, _, item in content.every_text()}
        | {vote.day for visit in ballots.visits() for vote in visit.ballots}
    )
    instants = [clock.at(offset) for offset in offsets]
    assert instants == sorted(instants)
    assert instants[-1] <= now
    calendars = {item["slug"]: item for item in content.concertation()["consultations"]}
    acts = [(slug, item["on_day"]) for slug, _, item in content.every_text()]
    acts += [(visit.consultation, vote.day) for visit in ballots.visits() for vote in visit.ballots]
    for slug, offset in acts:
        opens, closes = calendars[slug]["opens_in"], calendars[slug]["closes_in"]
        assert clock.opening(opens) <= clock.at(offset) < clock.closing(closes), (slug, offset)
    near = clock.closing(calendars["voitures-livraisons-velos"]["closes_in"])
    assert timedelta(hours=18) < near - now < SILENCE


def test_the_same_votes_are_drawn_each_time():
    first = ballots.visits()
    ballots.visits.cache_clear()
    assert ballots.visits() == first
    assert sum(len(visit.ballots) for visit in first) == ballots.VOTES


@pytest.mark.once
def test_the_archive_of_the_demonstration_reads_alone(loaded, tmp_path):
    process = Process.objects.get(slug=ARCHIVED)
    written = archive(process, tmp_path / "archive")
    counts = assert_stands_alone(tmp_path / "archive")
    print(f"archive of {ARCHIVED}: {counts}, {written.files} files")
    assert counts["pages"] >= 30
    assert written.missing == []


def _versions(process: Process) -> list[SynthesisVersion]:
    read = SynthesisVersion.objects.filter(synthesis__consultation__process=process).order_by("number")
    return list(read.select_related("synthesis__consultation", "synthesis__document", "document_version"))


def test_a_published_synthesis_was_discussed_and_answered_in_a_second_version(process):
    first, second = _versions(process)
    discussions = list(second.synthesis.document.annotations.filter(discussion__isnull=True).order_by("number"))
    answered = [one for one in discussions if one.answer]
    assert [one.answer for one in answered] == ["integrated", "integrated", "integrated", "noted", "declined"]
    because = {number for change in second.changes for number in change["because"]}
    assert because == {one.number for one in discussions if one.answer == "integrated"}
    carried = {anchor.annotation_id for one in discussions for anchor in one.anchors.filter(version=second.document_version)}
    assert carried == {one.pk for one in discussions}
    assert first.content != second.content


def test_every_proposal_of_the_published_synthesis_is_cited_or_has_its_reason(process):
    *_first, last = _versions(process)
    cited = {citation["number"] for statement in last.content["statements"] for citation in statement["citations"]}
    consultation = last.synthesis.consultation
    left_out = voices_of(process).filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
    told = {one.number: (one.fate, one.fate_reason) for one in left_out.exclude(number__in=cited)}
    assert told
    assert all(fate and reason for fate, reason in told.values())
    assert not doubts_of(consultation).open
    assert SettledDoubt.objects.filter(synthesis=last.synthesis).exists()


def test_comments_were_hidden_after_hearing_with_the_article_of_the_charter_and_one_waits_to_be_read(process):
    hidden = Decision.objects.filter(case__process=process, act=Act.HIDDEN, annotation__isnull=False).order_by("pk")
    assert [one.hearing.replied_at is not None for one in hidden] == [True, False]
    assert [one.statement.article.split(" :")[0] for one in hidden] == ["Charte, article 1", "Charte, article 2"]
    assert "à vendre" in Decision.objects.get(contribution__isnull=False, act=Act.HIDDEN).statement.sentence
    waiting = [text for text in to_read(process) if isinstance(text, Annotation)]
    assert [text.title for text in waiting] == ["Et un bidon ?"]
