"""A PDF is tagged, says its language and title, fetches nothing; where it cannot be made, it is said."""

import re
import subprocess
import sys
import zlib

import pytest

from polyphonie.core import papers
from tests import strictness

PDF_UA_1 = 'pdfuaid:part="1"'
PAGE = (
    '<!doctype html><html lang="fr"><title>Été à la place</title><h1>Été</h1>'
    '<p>Cent <b>tilleuls</b>, <a href="https://example.org/">là</a>.</p>{}</html>'
)


def made(page: str) -> papers.Printed:
    missing = papers.missing()
    if missing:
        strictness.missing("pdf", f"WeasyPrint does not work here ({missing})")
    return papers.printed(page)


def opened(pdf: bytes) -> str:
    """The PDF with its streams inflated."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    inflated = [pdf]
    for stream in streams:
        try:
            inflated.append(zlib.decompress(stream))
        except zlib.error:
            inflated.append(stream)
    return b"\n".join(inflated).decode("latin-1")


def test_a_pdf_is_tagged_and_says_its_language_its_title_and_its_bookmarks():
    printed = made(PAGE.format(""))
    assert printed.pages == 1
    inside = opened(printed.pdf)
    for wanted in ("/StructTreeRoot", "/Lang (fr)", PDF_UA_1, "/DisplayDocTitle true", "/Outlines", "/MarkInfo", "/S /H1"):
        assert wanted in inside, wanted


@pytest.mark.parametrize(
    "asks",
    [
        '<img src="file:///etc/hostname">',
        '<img src="https://example.org/a.png">',
        '<style>@import url("file:///etc/a.css");</style>',
    ],
)
def test_what_a_page_does_not_hold_is_not_fetched(asks):
    made(PAGE.format(""))
    with pytest.raises(papers.Unprintable):
        papers.printed(PAGE.format(asks))


def test_where_the_library_is_absent_it_is_said_without_starting_anything(monkeypatch):
    monkeypatch.setattr(papers, "find_spec", lambda name: None)
    monkeypatch.setattr(papers.subprocess, "Popen", None)
    assert papers.missing.__wrapped__() == papers.LIBRARY


def test_where_the_libraries_of_the_system_are_absent_it_is_said(monkeypatch):
    monkeypatch.setattr(papers, "find_spec", lambda name: object())
    monkeypatch.setattr(papers.sys, "executable", "/bin/false")
    assert papers.missing.__wrapped__() == papers.SYSTEM


def test_asking_for_a_pdf_loads_nothing_heavy():
    code = "import sys, polyphonie.core.papers; sys.exit('weasyprint' in sys.modules or 'django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
