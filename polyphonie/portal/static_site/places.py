"""Which addresses are kept in an archive, and as which file? Public pages of one concertation, and the house's own."""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from polyphonie.core import addresses

QUERIES = ("ordre", "page", "resultats", "arguments", "sans")
"""What a list may be asked: its order, its page. A search or a filter needs a server, and is not kept."""
OF_A_PROCESS = re.compile(
    r"(?:|consultations/[\w-]+/|contributions/\d+/(?:revisions/)?|suivi/|textes/(?:[\w-]+/)*|chronologie/|participants/(?:[\w-]+/)?|chiffres/"
    r"|registre/(?:integrite/)?|donnees/(?:imports/\d+/)?"
    r"|syntheses/(?:[\w-]+/(?:versions/\d+/(?:changements/|couverture/)?|couverture/|non-citees/|phrases/[\w-]+/|discussions/(?:\d+/)?)?)?|recommandations/(?:\d+/)?|rencontres/(?:[\w-]+/)*)"
)
OF_THE_HOUSE = re.compile(
    r"/(?:aide|accessibilite|mentions-legales|conditions|confidentialite|loyaute)/(?:\d{4}-\d{2}-\d{2}/(?:changements/)?)?"
)
SHORT = re.compile(r"(\d+)/?")
WRITTEN = re.compile(r"syntheses/[\w-]+/versions/\d+/synthese\.(?:pdf|md|json)")
"""A version of a synthesis as a file: kept as it is."""
DATA = re.compile(r"donnees/(?:fichiers/(?P<name>[\w./-]+)|archive\.zip)")


@dataclass(frozen=True)
class Place:
    """A page or a file of the archive: the address it is read at, and its path in the folder."""

    address: str
    path: str
    is_page: bool = True

    def to(self, other: "Place", fragment: str = "") -> str:
        """The relative link from here to there."""
        link = posixpath.relpath(other.path, posixpath.dirname(self.path) or ".")
        return f"{link}#{fragment}" if fragment else link


def place_of(address: str, process: str) -> Place | None:
    """Where an address of this site is kept, or None when the archive has no place for it."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    if path.startswith(settings.STATIC_URL):
        return Place(parts.path, path.removeprefix("/"), is_page=False)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if any(name not in QUERIES or not re.fullmatch(r"[\w-]*", value) for name, value in query):
        return None
    kept = [(name, value) for name, value in sorted(query) if value and (name, value) != ("page", "1")]
    name = "".join(f"-{name}-{value}" for name, value in kept)
    question = "&".join(f"{name}={value}" for name, value in kept)
    asked = f"{parts.path}?{question}" if question else parts.path
    if path == "/":
        return place_of(addresses.process_address(process), process)
    if OF_THE_HOUSE.fullmatch(path):
        return Place(asked, f"maison{path}index{name}.html")
    return _of_process(path.removeprefix(f"/{process}/"), asked, name, process) if path.startswith(f"/{process}/") else None


def _of_process(rest: str, asked: str, name: str, process: str) -> Place | None:
    if short := SHORT.fullmatch(rest):
        return place_of(addresses.contribution_address(process, int(short[1])), process)
    if WRITTEN.fullmatch(rest):
        return Place(asked, rest, is_page=False)
    if found := DATA.fullmatch(rest):
        inside = f"fichiers/{found['name']}" if found["name"] else "archive.zip"
        return Place(asked, f"donnees-ouvertes/{inside}", is_page=False) if ".." not in inside else None
    return Place(asked, f"{rest}index{name}.html") if OF_A_PROCESS.fullmatch(rest) else None
