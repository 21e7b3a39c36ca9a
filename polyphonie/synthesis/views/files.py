"""How does one take a synthesis away? As Markdown to be read or used again, as JSON with everything; both bear the checkpoint."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from polyphonie.core.addresses import absolute, synthesis_address
from polyphonie.core.serving.freshness import shared_page
from polyphonie.ledger.queries import positions_of
from polyphonie.ledger.sealing import latest_checkpoint
from polyphonie.synthesis.dataset import version_row
from polyphonie.synthesis.queries.published import Reading
from polyphonie.synthesis.views.public import reading_of
from polyphonie.synthesis.written import as_markdown


def _checkpoint(reading: Reading) -> str:
    last = latest_checkpoint(reading.process.log)
    return "" if last is None else last.note


@shared_page
def markdown(request: HttpRequest, process: str, slug: str, number: int) -> HttpResponse:
    """A version as Markdown, its citations written as rapporteurs type them."""
    reading = reading_of(process, slug, number)
    address = absolute(synthesis_address(process, slug))
    text = as_markdown(reading, address=address, checkpoint=_checkpoint(reading))
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="synthese-{slug}-v{number}.md"'
    return answer


@shared_page
def as_json(request: HttpRequest, process: str, slug: str, number: int) -> HttpResponse:
    """A version as its line of `syntheses.jsonl`, with the latest checkpoint."""
    reading = reading_of(process, slug, number)
    hashed = bytes(reading.version.leaf_hash)
    leaf = positions_of(reading.process.log, [hashed]).get(hashed)
    row = version_row(reading, leaf=leaf, is_last=number == reading.numbers[-1])
    return JsonResponse({**row, "checkpoint": _checkpoint(reading)}, json_dumps_params={"ensure_ascii": False, "indent": 1})
