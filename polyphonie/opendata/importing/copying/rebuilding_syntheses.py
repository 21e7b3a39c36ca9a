"""How do the syntheses of a rebuilt process come back? Versions with their citations, then what became of each text and why."""

from django.utils.translation import gettext as _

from polyphonie.annotations import search
from polyphonie.annotations.models import Document, DocumentVersion
from polyphonie.contributions.models import Contribution, Fate
from polyphonie.core.writing import writing
from polyphonie.opendata.importing.copying.foreign import Foreign
from polyphonie.opendata.importing.copying.foreign_syntheses import ForeignVersion, fates_in, versions_in
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.processes.models import Consultation, Process
from polyphonie.synthesis.actions.publishing import note_citations
from polyphonie.synthesis.models import Synthesis

AT_ONCE = 500
Versions = dict[tuple[str, int], DocumentVersion]
"""The versions of commented texts, by the word of the text and their number."""


def fill_syntheses(process: Process, source: Foreign, versions: Versions, lock: str) -> None:
    """Each synthesis as it was published: closed to writing here, its pages those of its source."""
    consultations = {one.slug: one for one in Consultation.objects.filter(process=process).order_by("pk")}
    syntheses: dict[str, Synthesis] = {}
    introductions: dict[str, str] = {}
    for one in versions_in(source):
        with writing(lock=lock):
            version = versions.get((one.consultation, one.record.number))
            consultation = consultations.get(one.consultation)
            if version is None or consultation is None:
                raise SourceRefused(
                    _("A synthesis is not the text of any consultation of this folder: “%(word)s”.")
                    % {"word": one.consultation[:60]}
                )
            if one.consultation not in syntheses:
                document = version.document
                syntheses[one.consultation] = Synthesis.objects.create(consultation=consultation, document=document)
            _write(one, syntheses[one.consultation], version)
        introductions[one.consultation] = one.record.content["introduction"]
    with writing(lock=lock):
        Process.objects.filter(pk=process.pk).update(syntheses=len(syntheses))
        for document in Document.objects.filter(process=process).order_by("slug"):
            search.rebuild(document, introduction=introductions.get(document.slug, ""))


def _write(one: ForeignVersion, synthesis: Synthesis, document_version: DocumentVersion) -> None:
    one.record.synthesis, one.record.document_version = synthesis, document_version
    one.record.save()
    note_citations(one.record)
    if one.review is not None:
        one.review.synthesis = synthesis
        one.review.save()
    for doubt in one.doubts:
        doubt.synthesis = synthesis
        doubt.save()
    synthesis.state = Synthesis.State.FINAL if one.is_final else Synthesis.State.PUBLISHED
    synthesis.save(update_fields=["state"])
    Consultation.objects.filter(pk=synthesis.consultation_id).update(synthesis_version=one.record.number)


def fill_fates(process: Process, source: Foreign, texts: dict[int, int], lock: str) -> None:
    """Each decision on a text; the last is copied on it, and leads to where it was decided, here."""
    there, here = f"/{source.document['process']['slug']}/", f"/{process.slug}/"
    last: dict[int, Fate] = {}
    fates: list[Fate] = []
    for number, fate in fates_in(source):
        fate.contribution_id = texts[number]
        fates.append(fate)
        last[fate.contribution_id] = fate
    with writing(lock=lock):
        Fate.objects.bulk_create(fates, batch_size=AT_ONCE)
        decided = [
            Contribution(pk=pk, fate=fate.fate, fate_reason=fate.reason, fate_address=fate.address.replace(there, here, 1))
            for pk, fate in last.items()
        ]
        Contribution.objects.bulk_update(decided, ["fate", "fate_reason", "fate_address"], batch_size=AT_ONCE)
