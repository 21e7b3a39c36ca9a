"""How many pages a second, and what does each cost? Beside a bare Django's « hello » and a static file, same server, same run.

On a machine that does something else too, requests a second say little: read the processor time of the server for each request
(`…_cpu_ms`, user and system, all its processes), and the ratios.
"""

import subprocess
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

from polyphonie.benchmarks.ground import Ground, ground, hello_served, memory_over_a_turn, processor_seconds, product_served
from polyphonie.benchmarks.load import HOST, Load, get, repeated

PROPOSALS, VOTERS, VOTES, SESSIONS = 2000, 20_000, 60_000, 1
SECONDS = 4.0
STYLE = "/static/core/polyphonie.css"
UNCHANGED = 304


@dataclass(frozen=True)
class Cost:
    """What the clients saw, and the processor time that each request took the server, in milliseconds."""

    load: Load
    cpu_ms: float


def run() -> dict[str, Any]:
    """Requests per second and processor time of each page; `ratio_to_hello` and `ratio_to_static` compare with the references."""
    started = time.monotonic()
    with hello_served() as (address, server):
        hello = _measured(server, address, get("/"))
    with ground() as where:
        where.fill(proposals=PROPOSALS, voters=VOTERS, votes=VOTES, sessions=SESSIONS)
        with product_served(where) as (address, server):
            paths = _paths(where)
            costs = {name: _measured(server, address, request) for name, request in _requests(where, paths).items()}
            for name in ("list", "contribution"):
                request = get(paths[name], tag=_tag(address + paths[name]))
                costs[f"anonymous_{name}_unchanged"] = _measured(server, address, request, expected=UNCHANGED)
            memory, most_memory = memory_over_a_turn(server)
    static = costs["static"]
    return {
        "seconds": round(time.monotonic() - started, 1),
        "rss_mb": memory,
        "rss_mb_during_a_turn": most_memory,
        "hello_per_second": hello.load.per_second,
        "hello_cpu_ms": hello.cpu_ms,
        **{f"{name}_per_second": cost.load.per_second for name, cost in costs.items()},
        **{f"{name}_cpu_ms": cost.cpu_ms for name, cost in costs.items()},
        **{f"{name}_p95_ms": cost.load.p95 for name, cost in costs.items()},
        "ratio_to_hello": {name: _ratio(cost, hello) for name, cost in costs.items()},
        "ratio_to_static": {name: _ratio(cost, static) for name, cost in costs.items() if name.startswith("anonymous")},
        "cpu_ratio_to_hello": {name: _cpu_ratio(cost, hello) for name, cost in costs.items()},
        "errors": sum(cost.load.errors for cost in costs.values()),
    }


def _paths(where: Ground) -> dict[str, str]:
    facts = where.facts
    return {
        "list": f"/{facts['process']}/consultations/{facts['consultation']}/",
        "contribution": f"/{facts['process']}/contributions/{facts['numbers'][len(facts['numbers']) // 2]}/",
        "search": f"/{facts['process']}/recherche/?q={facts['word']}",
    }


def _requests(where: Ground, paths: dict[str, str]) -> dict[str, bytes]:
    cookie = f"session={where.facts['sessions'][0]}"
    return (
        {"static": get(STYLE)}
        | {f"anonymous_{name}": get(path) for name, path in paths.items()}
        | {f"signed_in_{name}": get(path, cookie) for name, path in paths.items()}
    )


def _tag(address: str) -> str:
    """The ETag of a page as a French reader without a session receives it."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Language": "fr", "Host": HOST})) as answer:  # noqa: S310  (an address of this machine)
        return str(answer.headers["ETag"])


def _measured(server: subprocess.Popen[bytes], address: str, request: bytes, *, expected: int = 200) -> Cost:
    before = processor_seconds(server)
    warming, load = repeated(address, request, seconds=SECONDS, expected=expected)
    spent = processor_seconds(server) - before
    return Cost(load, round(1000 * spent / max(1, warming.count + load.count), 3))


def _ratio(cost: Cost, reference: Cost) -> float:
    return round(cost.load.per_second / reference.load.per_second, 3) if reference.load.per_second else 0.0


def _cpu_ratio(cost: Cost, reference: Cost) -> float:
    return round(reference.cpu_ms / cost.cpu_ms, 3) if cost.cpu_ms else 0.0
