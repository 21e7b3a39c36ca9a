"""What does each file and each column mean, for docs/reference/donnees.md? Written from the declarations, in French.

.venv/bin/polyphonie manage shell --no-imports -v0 -c "from polyphonie.opendata import dictionary; dictionary.show()"
"""

import sys
from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.core.tables import Column, Table
from polyphonie.opendata.api.operations import OPERATIONS
from polyphonie.opendata.catalogue import LEAVES, TABLES
from polyphonie.opendata.dialects import DECIDIM_COMMENTS, DECIDIM_PROPOSALS, tables_for_polis
from polyphonie.opendata.wording import CONTENTS, ROWS, contents_of
from polyphonie.processes.dataset import FRAME
from polyphonie.processes.models import Consultation

INTRODUCTION = """# Les données ouvertes, fichier par fichier et colonne par colonne

Les mêmes déclarations (`dataset.py` de chaque paquet) font les fichiers d’un export, les réponses de l’API et cette page, qu’un
test compare à elles. Comment s’en servir : [réutiliser](../guides/reutiliser.md). Comment les vérifier :
[vérifier](../guides/verifier.md). Les formats du registre : [registre](registre.md).

UTF-8 ; CSV de la RFC 4180, séparés par des virgules (des points-virgules pour Decidim) ; JSON Lines ; dates ISO 8601 avec
décalage, à la minute pour les textes. Une case vide, ou `null`, ne dit rien. Dans les CSV, une apostrophe précède ce qu’un
tableur prendrait pour une formule ([décision 0033](../decisions/0033-aucune-formule-dans-les-csv.md)) ; l’API et les fichiers
JSON portent les mots exacts.
"""
LOST = """## Ce que perdent les dialectes

- **Decidim** : seules les propositions publiées et leurs arguments ; ni sources, ni compléments, ni versions. Les soutiens sont
  les seuls votes « d’accord ». Notre propre reprise (`polyphonie import decidim`) relit ces fichiers.
- **Polis** : seules les propositions publiées, une consultation par dossier. Les « mitigés » ne sont pas des « passe » : ils ne
  sont pas comptés. Jamais `votes.csv` ni `participants-votes.csv`, qui diraient les votes de chaque personne.
- Ce qui n’est pas compté ici (vues, abonnés, groupes d’opinion) reste vide.
"""


def show() -> None:
    """Write the page on standard output."""
    sys.stdout.write(page())


def page() -> str:
    """The whole page, in French."""
    with translation.override("fr"):
        return "\n".join([INTRODUCTION, *_files(), *_frame(), *_dialects(), LOST, *_api()])


def _files() -> Iterator[str]:
    yield "## Les fichiers d’un export\n"
    for table in TABLES:
        yield from _table(table, str(CONTENTS[table.file_name]))
    others = [name for name in CONTENTS if name not in {table.file_name for table in TABLES} and "dialects" not in name]
    yield "### Les autres fichiers\n"
    yield from (f"- `{name}` : {_lowered(str(CONTENTS[name]))}" for name in others)
    yield "- `datapackage.json` : la description de tous les fichiers, pour les programmes (Data Package, versions 1 et 2).\n"


def _frame() -> Iterator[str]:
    yield "## process.json\n"
    for section in FRAME:
        yield f"### `{section.name}`\n\n{ROWS[section.name]}{', une liste' if section.is_list else ''}.\n"
        yield from _columns(section.columns)


def _dialects() -> Iterator[str]:
    yield "## Les dialectes\n"
    for table in (DECIDIM_PROPOSALS, DECIDIM_COMMENTS, *tables_for_polis(Consultation(slug="CONSULTATION"))):
        yield from _table(table, contents_of(table.file_name))


def _api() -> Iterator[str]:
    yield "## L’API de lecture\n\n`/api/v1/` la décrit en pages, `/api/v1/openapi.json` pour les programmes (OpenAPI 3.1).\n"
    yield "| adresse | choisir par |\n|---|---|"
    for operation in OPERATIONS:
        yield f"| `{operation.address}` | {', '.join(f'`{column.name}`' for column in operation.filters)} |"
    yield f"\n`leaves` n’a pas de fichier à elle : {_lowered(str(ROWS['leaves']))}\n"
    yield from _columns(LEAVES.columns)


def _table(table: Table, contents: str) -> Iterator[str]:
    yield f"### `{table.file_name}`\n\n{contents}\n"
    yield from _columns(table.columns)


def _columns(columns: tuple[Column, ...]) -> Iterator[str]:
    yield "| colonne | type | sens |\n|---|---|---|"
    yield from (f"| `{column.name}` | {column.type} | {_(str(column.meaning))} |" for column in columns)
    yield ""


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
