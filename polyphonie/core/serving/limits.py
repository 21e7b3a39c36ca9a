"""How often may one person, or one connection, ask for the same thing? Counted in memory only, forgotten within the hour.

Nothing here is written: what is counted is kept under a key drawn when the server starts, so that not even the memory holds
an address. The workers of one server count together; several machines count apart, and what must hold across them (five live
codes an address) is a rule on the database.
"""

import hashlib
import hmac
import ipaddress
import math
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from polyphonie.core.serving.shared_times import KEY_BYTES, MOST_TIMES, SharedTimes

MOST_KEYS = 32_768
_KEY = secrets.token_bytes(32)
_seen = SharedTimes(MOST_KEYS)
"""Made when this module is first read, before the workers fork."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds, for one purpose."""

    purpose: str
    times: int
    seconds: int

    def __post_init__(self) -> None:
        assert self.times <= MOST_TIMES, "more than the table of instants holds for one key"


def is_over(limit: Limit, who: str, now: datetime) -> bool:
    """Count one more request of `who` (a mail address, an account, a client) and say whether it is one too many."""
    instant = now.timestamp()
    key = _key_of(limit, who)
    with _seen.held():
        times = [time for time in _seen.of(key) if time > instant - limit.seconds]
        is_over = len(times) >= limit.times
        _seen.write(key, times if is_over else [*times, instant], now=instant)
    return is_over


def seconds_to_wait(limit: Limit, who: str, now: datetime) -> int:
    """In how many whole seconds `who` may ask again; 0 when they may now."""
    with _seen.held():
        times = _seen.of(_key_of(limit, who))
    if len(times) < limit.times:
        return 0
    return max(0, math.ceil(times[-limit.times] + limit.seconds - now.timestamp()))


def _key_of(limit: Limit, who: str) -> bytes:
    return hmac.new(_KEY, f"{limit.purpose}\x00{who}".encode(), hashlib.sha256).digest()[:KEY_BYTES]


def forget_all() -> None:
    """Start counting again from nothing (tests, and nothing else)."""
    with _seen.held():
        _seen.clear()


def is_client_over(limit: Limit, request: HttpRequest, now: datetime) -> bool:
    """`is_over` for where a request comes from, but for the addresses of a workshop on its days."""
    client = client_of(request)
    return not _is_excepted(client, timezone.localdate(now)) and is_over(limit, client, now)


def client_of(request: HttpRequest) -> str:
    """Where the request comes from: an IPv4 address or an IPv6 /64.

    `X-Forwarded-For` is read from its right end, through configured proxies only: what the client itself wrote there is
    never reached, so a forged header changes nothing.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    trusted, trusts_socket = _trusted_proxies()
    client = _address(peer)
    if (client is None and peer == "" and trusts_socket) or (client is not None and _is_in(client, trusted)):
        for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = _address(hop)
            if address is None:
                break
            client = address
            if not _is_in(address, trusted):
                break
    return _grouped(client) if client is not None else "unknown"


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _grouped(address: Address) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_in(address: Address, networks: list[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _trusted_proxies() -> tuple[list[Network], bool]:
    """The networks of the configured proxies, and whether a local socket (`unix`) is one."""
    names = [name.strip() for name in settings.POLYPHONIE_TRUSTED_PROXIES if name.strip()]
    return [ipaddress.ip_network(name, strict=False) for name in names if name != "unix"], "unix" in names


def _is_excepted(client: str, today: date) -> bool:
    """Whether this client is a workshop's connection today (`POLYPHONIE_WORKSHOPS`: « 192.0.2.7=2026-03-14 », commas between)."""
    for exception in settings.POLYPHONIE_WORKSHOPS:
        network, _, last_day = exception.strip().partition("=")
        if not last_day or date.fromisoformat(last_day) < today or client == "unknown":
            continue
        here, there = ipaddress.ip_network(client), ipaddress.ip_network(network, strict=False)
        # mypy cannot see that two networks of one version are of one type
        if here.version == there.version and (here.subnet_of(there) or there.subnet_of(here)):  # type: ignore[arg-type]  # both of one version
            return True
    return False
