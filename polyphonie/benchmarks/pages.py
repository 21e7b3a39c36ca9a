"""How many pages a second? Beside a bare Django's « hello » and a static file, on the same server, in the same run."""

import time
from typing import Any

from polyphonie.benchmarks.ground import Ground, ground, hello_served, memory_of, product_served
from polyphonie.benchmarks.load import Load, get, repeated

PROPOSALS, VOTERS, VOTES, SESSIONS = 2000, 20_000, 60_000, 1
SECONDS = 4.0
STYLE = "/static/core/polyphonie.css"


def run() -> dict[str, Any]:
    """Requests per second of each page; `ratio_to_hello` and `ratio_to_static` compare with the references."""
    started = time.monotonic()
    with hello_served() as address:
        hello = repeated(address, get("/"), seconds=SECONDS)
    with ground() as where:
        where.fill(proposals=PROPOSALS, voters=VOTERS, votes=VOTES, sessions=SESSIONS)
        with product_served(where) as (address, server):
            measured = {name: repeated(address, request, seconds=SECONDS) for name, request in _requests(where).items()}
            memory = memory_of(server)
    static = measured["static"].per_second
    return {
        "seconds": round(time.monotonic() - started, 1),
        "rss_mb": memory,
        "hello_per_second": hello.per_second,
        **{f"{name}_per_second": load.per_second for name, load in measured.items()},
        **{f"{name}_p95_ms": load.p95 for name, load in measured.items()},
        "ratio_to_hello": {name: _ratio(load, hello.per_second) for name, load in measured.items()},
        "ratio_to_static": {name: _ratio(load, static) for name, load in measured.items() if name.startswith("anonymous")},
        "errors": sum(load.errors for load in measured.values()),
    }


def _requests(where: Ground) -> dict[str, bytes]:
    facts = where.facts
    consultation = f"/{facts['process']}/consultations/{facts['consultation']}/"
    contribution = f"/{facts['process']}/contributions/{facts['numbers'][len(facts['numbers']) // 2]}/"
    search = f"/{facts['process']}/recherche/?q={facts['word']}"
    cookie = f"session={facts['sessions'][0]}"
    return {
        "static": get(STYLE),
        "anonymous_list": get(consultation),
        "anonymous_contribution": get(contribution),
        "anonymous_search": get(search),
        "signed_in_list": get(consultation, cookie),
        "signed_in_contribution": get(contribution, cookie),
    }


def _ratio(load: Load, reference: float) -> float:
    return round(load.per_second / reference, 3) if reference else 0.0
