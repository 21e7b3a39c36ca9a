"""Does a concertation outlive its server? Its archive reads alone: links lead inside, nothing posts, nothing hidden is there."""

import hashlib

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.opendata import verify
from polyphonie.opendata.publishing import publish, published
from polyphonie.portal.static_site import markup, places
from polyphonie.portal.static_site.writing import archive
from polyphonie.processes.models import Process
from tests.concertations import a_process
from tests.people import CITIZEN, Town, a_town
from tests.portal.standing_alone import assert_stands_alone

pytestmark = pytest.mark.django_db


def test_an_archive_reads_alone_and_holds_nothing_that_was_hidden(tmp_path):
    town: Town = a_town()
    hidden, withdrawn = town.hidden, town.withdrawn
    words = [hidden.title, hidden.body, *hidden.revisions.values_list("body", flat=True)]
    folder = tmp_path / "archive"
    town.process.refresh_from_db()
    publish(town.process)
    with writing() as now:
        late = speaking.propose(
            town.consultation, Text("Des fontaines", "Il fait soif."), account=town.accounts[CITIZEN], now=now
        )
    written = archive(town.process, folder)
    counts = assert_stands_alone(folder)
    print(f"archive of a town: {counts}, {written.files} files")
    assert (counts["pages"], written.missing) == (written.pages, [])
    for name in ("index.html", "donnees/index.html", "registre/index.html", f"contributions/{town.proposal.number}/index.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "Archive du" in text
    assert (folder / f"contributions/{hidden.number}/index.html").exists()
    assert (folder / f"contributions/{withdrawn.number}/index.html").exists()
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".zip")
    assert words[1]
    assert not [word for word in words if word and word.encode() in everything]
    assert town.proposal.title.encode() in everything
    last = published(town.process)
    assert last is not None, "the archive keeps the export that was made with it"
    assert f"#{late.number}" in (folder / "registre/index.html").read_text(encoding="utf-8"), "sealed since the export of the day"
    beside = folder / "donnees-ouvertes"
    assert hashlib.sha256((beside / "archive.zip").read_bytes()).digest() == hashlib.sha256(last.archive.read_bytes()).digest()
    assert verify.verify(beside / "fichiers", seen=[]).is_right
    assert not list(tmp_path.glob(".*"))


def test_an_archive_replaces_nothing_and_shows_nothing_that_is_not_public(tmp_path):
    with writing() as now:
        process = a_process(now=now)
    Process.objects.filter(pk=process.pk).update(is_listed=False)
    process.refresh_from_db()
    with pytest.raises(Refused):
        archive(process, tmp_path / "archive")
    Process.objects.filter(pk=process.pk).update(is_listed=True)
    process.refresh_from_db()
    (tmp_path / "plein").mkdir()
    (tmp_path / "plein" / "ceci").write_text("reste")
    with pytest.raises(Refused):
        archive(process, tmp_path / "plein")
    assert [path.name for path in (tmp_path / "plein").iterdir()] == ["ceci"]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/demain/", "index.html"),
        ("/", "index.html"),
        ("/demain/contributions/746/", "contributions/746/index.html"),
        ("/demain/746", "contributions/746/index.html"),
        ("/demain/consultations/places/?page=1", "consultations/places/index.html"),
        ("/demain/consultations/places/?page=3&ordre=recentes", "consultations/places/index-ordre-recentes-page-3.html"),
        ("/demain/donnees/fichiers/votes.csv", "donnees-ouvertes/fichiers/votes.csv"),
        ("/demain/syntheses/places/versions/1/synthese.pdf", "syntheses/places/versions/1/synthese.pdf"),
        ("/demain/syntheses/places/versions/1/synthese.pdf/..", None),
        ("/aide/", "maison/aide/index.html"),
        ("/static/core/polyphonie.css", "static/core/polyphonie.css"),
        ("/demain/donnees/fichiers/../../../etc/passwd", None),
        ("/demain/recherche/?q=ombre", None),
        ("/demain/registre/?genre=vote", None),
        ("/demain/consultations/places/?ordre=../../x", None),
        ("/demain/contributions/746/signaler/", None),
        ("/demain/organisation/", None),
        ("/connexion/", None),
        ("/ailleurs/", None),
    ],
)
def test_each_address_has_its_file_or_none(address, path):
    found = places.place_of(address, "demain")
    assert (found.path if found else None) == path


def test_what_needs_a_server_goes_and_the_words_of_a_link_stay():
    icons = {"agree": '<symbol id="icone-agree"/>'}
    page = markup.Page({"/demain/": "index.html"}.get, '<p class="bandeau">Archive</p>', icons)
    page.feed(
        '<!doctype html><body><header><nav><a href="/connexion/">Entrer</a></nav></header>'
        '<p hx-get="/x">Voir <a href="/demain/">ici</a> et <a href="/recherche/" rel="nofollow">là</a> &amp; <b>tout</b>.</p>'
        '<form method="post"><p>Voter<input name="n"></p></form><a class="button" href="/voter/">Voter</a>'
        '<svg><use href="/static/i.svg#agree"></use></svg><script src="/x.js"></script></body>'
    )
    assert page.text() == (
        '<!doctype html><body><header><p class="bandeau">Archive</p><nav></nav></header>'
        '<p>Voir <a href="index.html">ici</a> et <span>là</span> &amp; <b>tout</b>.</p>'
        '<svg><use href="#icone-agree"></use></svg>'
        '<svg class="patterns" aria-hidden="true" focusable="false"><symbol id="icone-agree"/></svg></body>'
    )
