"""What was taken away is nowhere (D4): hidden, masked, removed, withdrawn, erased, refused or waiting × every surface.

Every address of the product is asked, for every text, by people of every kind but those who moderate; so is every file that is
published, every mail that waits, every archive. A new address is asked by itself; if nobody reaches it, this test fails until
it says why. A new file or table fails until it is named.
"""

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.config.access import TABLE, Audience
from polyphonie.consultation.dataset import ORDERS
from polyphonie.consultation.views.reading import ORDER_WORDS
from polyphonie.core import papers
from polyphonie.core.serving import limits
from polyphonie.notifications.models import Event
from polyphonie.opendata.publishing import publish as make_export
from polyphonie.opendata.publishing import published
from polyphonie.outbox.models import Mail
from polyphonie.portal.archive import archive_of
from polyphonie.processes.models import Role
from polyphonie.synthesis.pressing import press_next
from tests import people
from tests.architecture import canaries as scene
from tests.architecture.canaries import AWAY, DESTROYED, FACTS, NAME, PARTS, TELLING, Canaries, word
from tests.architecture.reachable import routes, samples
from tests.undone import undone

pytestmark = pytest.mark.django_db

VISITORS = (people.ANONYMOUS, people.CITIZEN)
OF_THEIR_OWN = (Role.ORGANISER.value, Role.RAPPORTEUR.value, Role.AUTHORITY.value, Role.APPEAL.value, people.ADMINISTRATOR)
"""These are asked the addresses that are not everyone's: what is everyone's, they see as the others do."""

FOR_MODERATORS = {
    "consultation:review": (Role.ORGANISER.value,),
}
"""Addresses where some see what others may not: whoever reads texts before they appear."""

NOT_REACHED = {
    "accounts:link": "a link drawn on the command line",
    "accounts:join": "an invitation by mail",
    "notifications:stop": "a link of a mail",
    "processes:accept_invitation": "an invitation by mail",
    "portal:privacy_changes": "there is one version of the notice so far",
    "portal:terms_changes": "there is one version of the terms so far",
    "accounts:code": "a step of signing in",
    "accounts:name": "a step of signing in",
    "accounts:second_factor": "a step of signing in",
    "accounts:organisation": "its members alone",
    "consultation:near_ones": "a step of writing: tried below",
    "consultation:publish": "a step of writing: tried below",
    "consultation:published": "its author alone",
    "opendata:api_nothing": "says that there is nothing",
    "opendata:api_short": "leads to the API",
    "opendata:archive": "withheld: read below once it is made again",
    "opendata:file": "withheld: read below once it is made again",
    "synthesis:pdf": "withdrawn: read below once it is made again",
    "synthesis:draft_pdf": "withdrawn: read below once it is made again",
    "synthesis:book_volume": "withdrawn: read below once it is made again",
    "portal:language": "leads back",
    "portal:problem_answer": "nobody told of a problem in this town",
    "portal:short_address": "leads to the page of the text",
    "portal:short_address_slash": "leads to the page of the text",
    "processes:calendar": "an open consultation keeps its dates",
    "processes:theme": "this town has no theme",
    "moderation:desk": "moderators alone",
    "moderation:clues": "moderators alone",
    "moderation:take": "moderators alone",
    "moderation:read": "moderators alone",
    "moderation:case": "moderators alone",
    "moderation:text": "moderators alone",
    "moderation:flood": "moderators alone",
    "moderation:annotation": "moderators alone",
    "moderation:flood_annotation": "moderators alone",
    "moderation:my_case": "its author alone",
}
FILES = {
    "README.md",
    "LICENCE.txt",
    "verify.py",
    "datapackage.json",
    "process.json",
    "contributions.csv",
    "revisions.jsonl",
    "votes.csv",
    "tallies.csv",
    "listings.csv",
    "opinions.jsonl",
    "figures.csv",
    "participants.csv",
    "erasures.csv",
    "moderation.csv",
    "documents.jsonl",
    "syntheses.jsonl",
    "citations.csv",
    "fates.csv",
    "annotations.jsonl",
    "ledger/leaves.jsonl",
    "ledger/checkpoint",
    "ledger/checkpoints.jsonl",
    "dialects/decidim/proposals.csv",
    "dialects/decidim/comments.csv",
    "dialects/polis/places/comments.csv",
    "dialects/polis/places/summary.csv",
    "dialects/polis/rues/comments.csv",
    "dialects/polis/rues/summary.csv",
}


@pytest.fixture(scope="module")
def leaky(django_db_setup, django_db_blocker, tmp_path_factory):
    """The town after all was taken away; its pages and files had been read before, and its export made."""
    from django.conf import settings

    var = settings.POLYPHONIE_VAR
    settings.POLYPHONIE_VAR = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), undone():
        built = scene.build()
        make_export(built.town.process)
        assert found_in(_printed(built)["book"], built.forbidden()), "nothing is taken away yet"
        built.seen_before = _etags(built)
        queued = len(connection.run_on_commit)
        scene.take_away(built)
        for _ids, act, _robust in connection.run_on_commit[queued:]:
            act()
        yield built
    settings.POLYPHONIE_VAR = var


def _etags(built: Canaries) -> dict[str, str]:
    """The marks of public pages as they were: what a browser sends back to be told that nothing changed."""
    client = Client(headers={"accept-language": "fr"})
    found = {}
    for address in (*_lists(built), *_contribution_pages(built)):
        answer = client.get(address)
        if answer.headers.get("ETag"):
            found[address] = answer.headers["ETag"]
    return found


def _lists(built: Canaries) -> list[str]:
    town = built.town
    list_of = f"/{town.process.slug}/consultations/{town.consultation.slug}/"
    orders = [f"{list_of}?ordre={slug}&resultats=oui" for slug in ORDER_WORDS.values()]
    assert len(orders) == len(ORDERS)
    search = f"/{town.process.slug}/recherche/?q=tournesols"
    synthesis = f"/{town.process.slug}/syntheses/{town.closed.slug}/"
    discussions = [synthesis, f"{synthesis}?ordre=date", f"{synthesis}discussions/flux.atom"]
    return [*orders, *discussions, search, f"{search}&genre=source", f"{list_of}avis/?vues=1", f"/{town.process.slug}/flux.atom"]


def _contribution_pages(built: Canaries) -> list[str]:
    return [f"/{built.town.process.slug}/contributions/{number}/" for number in built.numbers().values()]


def asked(client: Client, address: str, **headers: str):
    limits.forget_all()
    cache.clear()
    return client.get(address, headers=headers)


def words_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return (content.decode("utf-8", "replace") + str(dict(answer.headers))).casefold()


def found_in(text: str, forbidden: list[str]) -> list[str]:
    folded = text.casefold()
    return [one for one in forbidden if one in folded]


def shown_in(text: str) -> bool:
    return any(word("shown", part) in text.casefold() for part in PARTS)


@pytest.mark.once
def test_no_address_shows_anyone_what_was_taken_away(leaky):
    town, forbidden = leaky.town, leaky.forbidden()
    town.numbers = leaky.numbers
    leaks, counts, reached, shown = [], Counter(), Counter(), Counter()
    extra = {"lists, search and feeds": _lists(leaky), "profiles": _profiles(leaky)}
    addresses = {name: list(samples(name, route, town).values()) for name, route in routes().items()} | extra
    for who in (*VISITORS, *OF_THEIR_OWN):
        client = town.visit(who)
        for name, of_name in addresses.items():
            if who in OF_THEIR_OWN and _is_everyones(name):
                continue
            for address in of_name:
                answer = asked(client, address)
                counts[who] += 1
                words = words_of(answer)
                reached[name] += answer.status_code in (200, 410)
                shown[name] += shown_in(words)
                if who not in FOR_MODERATORS.get(name, ()):
                    leaks += [(who, name, address, one) for one in found_in(words, forbidden) if one not in address]
    english = Client(headers={"accept-language": "en"})
    for address in (*_lists(leaky), *_contribution_pages(leaky), *_profiles(leaky)):
        counts["in English"] += 1
        words = words_of(asked(english, address))
        leaks += [("in English", address, one) for one in found_in(words, forbidden) if one not in address]
    assert not leaks, leaks[:20]
    unreached = {name for name in addresses if _is_read(name) and not reached[name]} - set(NOT_REACHED)
    assert not unreached, f"nobody was shown these addresses: give them a sample, or say why not: {sorted(unreached)}"
    assert sum(counts.values()) >= 1_300, "fewer pages are asked than before"
    assert sum(map(bool, shown.values())) >= 15, f"the text that is shown is seen too seldom to prove anything: {dict(shown)}"
    print(
        f"D4: {len(AWAY)} states, {len(forbidden)} words × {len(addresses)} addresses, {sum(counts.values())} pages asked by "
        f"{len(counts)} kinds of people, the shown text seen at {sum(map(bool, shown.values()))} addresses: 0 leaks"
    )


def _is_everyones(name: str) -> bool:
    return name not in TABLE or TABLE[name].audience in (Audience.ANYONE, Audience.ANYONE_FULLY)


def _is_read(name: str) -> bool:
    """Whether an address is one to read, outside the demonstration: those that are only posted to lead elsewhere."""
    return name not in TABLE or ("GET" in TABLE[name].methods and TABLE[name].audience is not Audience.DEMO)


def test_the_profile_of_someone_whose_name_is_not_shown_any_more_is_not_found(leaky):
    for state in leaky.authors:
        answer = asked(Client(), f"/{leaky.town.process.slug}/participants/zora-{word(state, NAME)}/")
        assert (state, answer.status_code) == (state, 404 if NAME in AWAY.get(state, ()) else 200)


def _profiles(leaky: Canaries) -> list[str]:
    """Where the profile of each author stood, and stands."""
    slugs = [f"zora-{word(state, NAME)}" for state in leaky.authors]
    slugs += [Account.objects.get(pk=author.pk).slug for author in leaky.authors.values()]
    return [f"/{leaky.town.process.slug}/participants/{slug}/" for slug in slugs]


def test_a_page_read_before_is_never_said_to_be_unchanged(leaky):
    client, stale = Client(headers={"accept-language": "fr"}), []
    shown = {f"/{leaky.town.process.slug}/contributions/{text.number}/" for text in leaky.texts["shown"]}
    for address, mark in leaky.seen_before.items():
        if address not in shown and asked(client, address, **{"if-none-match": mark}).status_code == 304:
            stale.append(address)
    assert len(leaky.seen_before) >= 20
    assert not stale


def test_nothing_is_found_again_by_writing_the_same_or_by_voting_on_it(leaky):
    town, forbidden, leaks, shown = leaky.town, leaky.forbidden(), [], 0
    begun = f"/{town.process.slug}/consultations/{town.consultation.slug}/proposer/"
    client = town.visit(people.ANONYMOUS)
    answer = client.post(begun, {"title": TELLING, "body": "Des tournesols, tout l’été. Et du lin."})
    assert answer.status_code == 302
    words = words_of(client.get(answer.headers["Location"]))
    shown += shown_in(words)
    leaks += found_in(words, forbidden)
    voter = town.visit(people.CITIZEN)
    for number in leaky.numbers().values():
        for form in ({"revision": "1", "position": "agree", "after": "1"}, {"revision": "2", "position": "mixed", "after": "7"}):
            answer = voter.post(f"/{town.process.slug}/voter/", {"number": str(number), "n": "A" * 22, **form})
            words = words_of(answer)
            shown += shown_in(words)
            leaks += found_in(words, forbidden)
    for code in leaky.codes:
        answer = client.post(f"/{town.process.slug}/signaler/suivi/", {"code": code})
        assert answer.status_code == 200
        leaks += found_in(words_of(answer), forbidden)
    assert len(leaky.codes) == 2
    assert not leaks
    assert shown >= 3


def test_no_file_that_is_published_holds_it(leaky):
    process, forbidden = leaky.town.process, leaky.forbidden()
    held = f"/{process.slug}/donnees/archive.zip"
    assert published(process) is None, "the export made before must be withheld"
    assert asked(Client(), held).status_code == 404
    folder = make_export(process).folder
    files = {str(path.relative_to(folder / "files")): path for path in (folder / "files").rglob("*") if path.is_file()}
    assert set(files) == FILES, "a new file of the open data: name it here, it is read below"
    leaks = [(name, one) for name, path in files.items() for one in found_in(path.read_text(encoding="utf-8"), forbidden)]
    with zipfile.ZipFile(io.BytesIO(_downloaded(held))) as archive:
        leaks += [(name, one) for name in archive.namelist() for one in found_in(archive.read(name).decode(), forbidden)]
    downloads = [f"/{process.slug}/donnees/fichiers/{name}" for name in FILES]
    leaks += [(address, one) for address in downloads for one in found_in(_downloaded(address).decode(), forbidden)]
    assert not leaks
    shown = sum(shown_in(path.read_text(encoding="utf-8")) for path in files.values())
    assert shown >= 2
    kept = [path for path in Path(folder).parent.rglob("*") if path.is_file() and path.suffix in (".csv", ".jsonl", ".json")]
    assert not [path for path in kept if found_in(path.read_text(encoding="utf-8"), forbidden)], "an older export is still there"
    print(f"D4: {len(files)} files and {len(downloads) + 1} downloads read, the shown text in {shown} of them: 0 leaks")


def test_no_pdf_holds_it(leaky):
    printed, forbidden = _papers(leaky), leaky.forbidden()
    rapporteur = leaky.town.visit(Role.RAPPORTEUR.value)
    assert [rapporteur.get(address).status_code for address in printed.values()] == [404] * 3, "made before: withdrawn"
    read = _printed(leaky)
    leaks = [(name, one) for name, words in read.items() for one in found_in(words, forbidden)]
    assert not leaks, leaks[:20]
    assert shown_in(read["book"])
    shown = sum(map(shown_in, read.values()))
    print(f"D4: {len(read)} kinds of PDF read as they go to the press, the shown text in {shown} of them: 0 leaks")


def _papers(built: Canaries) -> dict[str, str]:
    """The addresses of what is printed of the consultations of the town."""
    slug, opened, closed = built.town.process.slug, built.town.consultation.slug, built.town.closed.slug
    desk = f"/{slug}/redaction"
    return {
        "book": f"{desk}/{opened}/cahier/tome-1.pdf",
        "draft": f"{desk}/{closed}/brouillon.pdf",
        "version": f"/{slug}/syntheses/{closed}/versions/1/synthese.pdf",
    }


def _printed(built: Canaries) -> dict[str, str]:
    """What is on the PDF of the town: asked for at the desk, made by a press that gives the page itself."""
    rapporteur, at = built.town.visit(Role.RAPPORTEUR.value), _papers(built)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "missing", lambda: "")
        patch.setattr(papers, "printed", lambda page: papers.Printed(1, page.encode()))
        for asking in (at["book"].rpartition("tome")[0], at["draft"]):
            assert rapporteur.post(asking).status_code == 302
        while press_next(now=timezone.now()):
            pass
    return {name: words_of(rapporteur.get(address)) for name, address in at.items()}


def _downloaded(address: str) -> bytes:
    answer = asked(Client(), address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content)


def test_no_mail_that_waits_no_line_to_tell_and_no_index_holds_it(leaky):
    forbidden = leaky.forbidden()
    told = {leaky.authors["hidden"].email: word("hidden", FACTS)}  # the facts are for the author
    mails = [f"{mail.subject}\n{mail.body}\n{mail.quotes}".replace(told.get(mail.to, "-"), "") for mail in Mail.objects.all()]
    lines = list(Event.objects.values_list("line", flat=True))
    index = [str(row) for row in _rows("contributions_searchtext")]
    leaks = [one for text in (*mails, *lines, *index) for one in found_in(text, forbidden)]
    assert not leaks
    seen = [sum(map(shown_in, held)) for held in (mails, lines, index)]
    assert seen[0] + seen[1] > 0
    assert seen[2] == 2
    print(f"D4: {len(mails)} mails, {len(lines)} lines to tell, {len(index)} texts of the index: 0 leaks")


def test_nobody_elses_archive_holds_it(leaky):
    forbidden = leaky.forbidden()
    leaks, shown, owners = [], 0, [leaky.voter, leaky.town.accounts[people.AUTHOR], leaky.authors["shown"]]
    for owner in owners:
        owner.refresh_from_db()
        packed = b"".join(archive_of(owner, at=timezone.now()))
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            words = "\n".join(archive.read(name).decode() for name in archive.namelist())
        shown += shown_in(words)
        leaks += found_in(words, forbidden)
    assert not leaks
    assert shown >= 2


def test_what_is_destroyed_is_in_no_table_and_no_log(leaky, caplog):
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    gone = [word(state, part) for state, parts in DESTROYED.items() for part in parts]
    leaks, shown = [], 0
    for table in tables:
        words = "\n".join(map(str, _rows(table)))
        shown += shown_in(words)
        leaks += [(table, one) for one in found_in(words, gone)]
    assert not leaks
    assert shown >= 4
    assert not found_in(caplog.text, leaky.forbidden())
    print(f"D4: {len(gone)} destroyed words × {len(tables)} tables: 0 left")


def _rows(table: str) -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return [[_plain(cell) for cell in row] for row in cursor.fetchall()]


def _plain(cell: object) -> str:
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)


def test_every_canary_is_a_word_of_its_own():
    words = [word(state, part) for state in scene.ACTS for part in PARTS]
    assert len(set(words)) == len(words)
    assert all(re.fullmatch(r"zq[a-z]+", one) for one in words)
    assert not [(one, other) for one in words for other in words if one != other and one in other]
