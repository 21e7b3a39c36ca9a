"""How does everything public about a process leave? As plain files that describe themselves, read in one snapshot.

The register is sealed first; then all is read as of one instant, in bounded memory, into a folder that takes its name only once
it is whole.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from polyphonie.core.addresses import absolute, data_address
from polyphonie.core.printing import PARIS
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.queries import has_unsealed, sealed_leaves
from polyphonie.ledger.sealing import latest_checkpoint, seal
from polyphonie.opendata.catalogue import TABLES
from polyphonie.opendata.copies import dialects_of, document_of, kept_file
from polyphonie.opendata.descriptor import descriptor
from polyphonie.opendata.files import write_table
from polyphonie.processes.models import Process

SNAPSHOT_TRIES = 20
VERIFIER = Path(__file__).parent / "verify.py"


def export(process: Process, folder: Path) -> dict[str, int]:
    """Write everything public about the process into `folder`, which must not exist or be empty; the size of each file in bytes.

    Raises Refused when the folder holds something, or when the register never stands still long enough to be read.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused(_("%(folder)s is not empty: choose another folder.") % {"folder": folder})
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    draft.mkdir(parents=True)
    try:
        with _snapshot(process) as now:
            sizes = _written(process, draft, now)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return sizes


@contextmanager
def _snapshot(process: Process) -> Iterator[datetime]:
    """Seal, then read as of one instant in which no accepted leaf waits for its position."""
    for _try in range(SNAPSHOT_TRIES):
        with writing(lock=f"ledger.Log/{process.log_id}") as now:
            seal(process.log, now=now)
        with _one_instant():
            if has_unsealed(process.log):
                continue
            yield now
            return
    raise Refused(_("The register does not stand still long enough to be read: try again in a quieter hour."))


@contextmanager
def _one_instant() -> Iterator[None]:
    """A transaction that reads and never writes: repeatable on PostgreSQL, SQLite's own snapshot there."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _written(process: Process, folder: Path, now: datetime) -> dict[str, int]:
    process = Process.objects.select_related("log").get(pk=process.pk)
    write_files(process, folder)
    (folder / "LICENCE.txt").write_text(_licence(process), encoding="utf-8")
    if VERIFIER.exists():
        shutil.copyfile(VERIFIER, folder / "verify.py")
    (folder / "README.md").write_text(_readme(process, now), encoding="utf-8")
    dialects = dialects_of(process)
    for table in dialects:
        write_table(table, process, folder / table.file_name)
    _write_json(folder / "datapackage.json", descriptor(process, folder, (*TABLES, *dialects), now))
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}


def write_files(process: Process, folder: Path) -> None:
    """The frame, the tables and the register: everything but what describes them."""
    (folder / "ledger").mkdir()
    _write_json(folder / "process.json", document_of(process))
    for table in TABLES:
        kept = kept_file(process, table.file_name)
        if kept is None:
            write_table(table, process, folder / table.file_name)
        else:
            (folder / table.file_name).write_text(kept, encoding="utf-8", newline="")
    _write_ledger(process, folder / "ledger")


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_ledger(process: Process, folder: Path) -> None:
    with (folder / "leaves.jsonl").open("w", encoding="utf-8", newline="") as file:
        for leaf in sealed_leaves(process.log):
            file.write(leaf + "\n")
    checkpoint = latest_checkpoint(process.log)
    if checkpoint is not None:
        (folder / "checkpoint").write_text(checkpoint.note, encoding="utf-8")


def _licence(process: Process) -> str:
    return f"{process.licence}\n\n{process.title} — {process.organiser}\n{absolute(data_address(process.slug))}\n"


def _readme(process: Process, now: datetime) -> str:
    origin = process.copied_from
    return _README.format(
        copy=f"\nCopie de ce que {origin} a publié : son registre est gardé à l'octet près, rien n'y est signé ici.\n"
        if origin
        else "",
        title=process.title,
        organiser=process.organiser,
        licence=process.licence,
        address=absolute(data_address(process.slug)),
        made=now.astimezone(PARIS).isoformat(timespec="seconds"),
        host=settings.POLYPHONIE_HOST,
    )


_README = """# {title}

Tout ce qui est public de cette concertation de {organiser}, au {made}. Licence : {licence}. Source : {address}
{copy}
## Vérifier

    python3 verify.py .

`verify.py` n'a besoin que de Python 3.9 ou plus récent. La copie jointe est une commodité : pour ne pas croire ce dossier
sur parole, prenez-la à la publication du logiciel Polyphonie, comparez son empreinte, et donnez-lui les points de contrôle
ou les reçus que vous avez gardés : `python3 verify.py . --seen mon-recu.txt`.

## Lire

`datapackage.json` décrit chaque fichier et chaque colonne. Les textes masqués, retirés ou effacés n'y sont
pas ; leur numéro y reste. Les votes sont publiés sans nom, par lots d'au moins vingt votants, et ne se relient pas d'un
texte à l'autre.
Dans les fichiers CSV, une apostrophe précède ce qu'un tableur prendrait pour une formule : devant `=`, `+`, `-` ou `@`
au début d'une case, et après une fin de ligne, une tabulation, un point-virgule, une virgule ou un guillemet droit. Les
mots exacts sont dans `revisions.jsonl` ; les nombres ne changent pas. `verify.py` retire ces apostrophes.
`dialects/` redit les propositions et les arguments dans les colonnes de Decidim et de Polis : une traduction, qui perd des
choses, pour les outils qui les lisent. Jamais les votes d'une personne.
Si vous gardez une copie, `erasures.csv` dit quels textes leurs auteurs demandent de supprimer. Nous effaçons ici et le
faisons savoir ; les copies déjà téléchargées nous échappent.
"""
