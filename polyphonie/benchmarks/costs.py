"""What does each reading cost in this installation? Milliseconds of this process's own processor time, for `bench growth`: a
machine that does something else too does not change them much."""

import json
import statistics
import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from polyphonie.benchmarks.words import RARE, WORDS
from polyphonie.consultation.queries.lists import page_of
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.contributions.search import search
from polyphonie.core.addresses import consultation_address, contribution_address, search_address
from polyphonie.processes.models import Consultation

TIMES, EACH, OK = 15, 4, 200
ASKED = 90
visitor = Client()


def measure() -> dict[str, float]:
    consultation = Consultation.objects.select_related("process").get()
    process = consultation.process
    proposals = Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL).order_by("pk")
    number = proposals.values_list("number", flat=True)[0]
    call_command("collectstatic", interactive=False, verbosity=0)
    return {
        "list_page_ms": _median(lambda rank: _page(consultation_address(process.slug, consultation.slug))),
        "contribution_page_ms": _median(lambda rank: _page(contribution_address(process.slug, number))),
        "search_page_ms": _median(lambda rank: _page(f"{search_address(process.slug)}?q={RARE[rank * 7]}")),
        "first_page_ms": _median(lambda rank: page_of(consultation)),
        "far_page_ms": _median(lambda rank: page_of(consultation, number=30)),
        "rare_search_ms": _median(lambda rank: search(process, RARE[rank * 7])),
        "common_search_ms": _median(lambda rank: search(process, WORDS[rank])),
        "common_search_p95_ms": _nearly_worst(lambda rank: search(process, f"{WORDS[rank % len(WORDS)]} {WORDS[rank // 3]}")),
    }


def _page(address: str) -> None:
    """The whole page, made as the first visitor has it made: held nowhere."""
    answer = visitor.get(address, headers={"Host": settings.POLYPHONIE_HOST})
    if answer.status_code != OK:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _median(act: Callable[[int], object]) -> float:
    """The median, over what is asked, of the least that each took in a few times: the one that others disturbed least."""
    act(TIMES)
    return round(statistics.median(min(_spent(act, rank) for _time in range(EACH)) for rank in range(TIMES)), 3)


def _nearly_worst(act: Callable[[int], object]) -> float:
    """What one in twenty exceeds, of what is asked once each."""
    act(0)
    return round(statistics.quantiles([_spent(act, rank) for rank in range(ASKED)], n=20)[-1], 3)


def _spent(act: Callable[[int], object], rank: int) -> float:
    before = time.process_time()
    act(rank)
    return (time.process_time() - before) * 1000


def print_costs() -> None:
    sys.stdout.write(json.dumps(measure()) + "\n")
