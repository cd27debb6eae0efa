"""Limits the requests of a client in a time, by the library limits, for all workers together.

The numbers are in shared memory that is made before the workers are forked. The table has space
for 65,536 clients. If it is full, the client with the fewest requests is removed and starts again
from zero, so nobody is refused for lack of space. https://limits.readthedocs.io/
"""

from __future__ import annotations

import fcntl
import math
import mmap
import os
import secrets
import struct
import time
from contextlib import contextmanager
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from limits import parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from graphsvc.web.problems import RequestProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

#: An entry of the table: the digest of its key, the end of its time, and its number of requests.
_ENTRY = struct.Struct("<16sdI4x")
_SETS, _ENTRIES_PER_SET = 8192, 8
_SET = _ENTRIES_PER_SET * _ENTRY.size

#: The least prefix length of IPv6 that a provider gives a customer: RFC 6177.
_CUSTOMER = 64


class RateLimit:
    """The limits of a service, in the notation of the library: ``100/minute;2000/day``."""

    def __init__(self, notation: str) -> None:
        self._items = parse_many(notation)
        self._limiter = FixedWindowRateLimiter(SharedMemoryStorage())
        self._policy = ", ".join(
            f'"{item.amount}-per-{item.get_expiry()}";q={item.amount};w={item.get_expiry()}'
            for item in self._items
        )

    def admit(self, client: str) -> None:
        """Count a request of the client with an address.

        Errors: RequestProblem if it has made too many; its header fields are those of
        https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
        """
        name = _network_of(client)
        for item in self._items:
            if not self._limiter.hit(item, name):
                reset = self._limiter.get_window_stats(item, name).reset_time
                seconds = max(1, math.ceil(reset - time.time()))
                raise RequestProblem(
                    "too-many-requests",
                    f"A client may make {item.amount} requests in {item.get_expiry()} seconds.",
                    remedy=f"Ask again in {seconds} seconds.",
                    Retry_After=str(seconds),
                    RateLimit=f'"{item.amount}-per-{item.get_expiry()}";r=0;t={seconds}',
                    RateLimit_Policy=self._policy,
                )


def _network_of(client: str) -> str:
    """Return the name under which a client is counted: a whole network for IPv6."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _CUSTOMER), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


class _Entry(NamedTuple):
    digest: bytes
    expires: float
    number: int


class SharedMemoryStorage(Storage):
    """Numbers of requests in memory that all processes forked later share.

    A key belongs to a set of eight entries. A kernel lock on the set ends with its process, so a
    worker may be killed at any time.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._file = os.memfd_create("limits", os.MFD_CLOEXEC)
        os.ftruncate(self._file, _SETS * _SET)
        self._memory = mmap.mmap(self._file, _SETS * _SET)
        # With a secret, nobody can choose keys that belong to the same set.
        self._secret = secrets.token_bytes(16)

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return the exceptions of the operations."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count requests under a key and return their number; a new key's time begins now."""
        now = time.time()
        with self._entries(key) as (entries, digest, start):
            place = _place(entries, digest, now)
            entry = entries[place]
            if entry.digest != digest or entry.expires <= now:
                entry = _Entry(digest, now + expiry, 0)
            number = entry.number + amount
            at = start + place * _ENTRY.size
            _ENTRY.pack_into(self._memory, at, digest, entry.expires, min(number, 0xFFFFFFFF))
        return number

    def get(self, key: str) -> int:
        """Return the number of requests under a key."""
        entry = self._find(key)
        return 0 if entry is None else entry.number

    def get_expiry(self, key: str) -> float:
        """Return the end of a key's time, in seconds since 1970; now if it has none."""
        entry = self._find(key)
        return time.time() if entry is None else entry.expires

    def check(self) -> bool:
        """Tell whether the storage can be used."""
        return not self._memory.closed

    def reset(self) -> int | None:
        """Forget all keys."""
        self._memory[:] = bytes(len(self._memory))
        return None

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._entries(key) as (entries, digest, start):
            for place, entry in enumerate(entries):
                if entry.digest == digest:
                    at = start + place * _ENTRY.size
                    self._memory[at : at + _ENTRY.size] = bytes(_ENTRY.size)

    def _find(self, key: str) -> _Entry | None:
        now = time.time()
        with self._entries(key) as (entries, digest, _):
            return next(
                (each for each in entries if each.digest == digest and each.expires > now), None
            )

    @contextmanager
    def _entries(self, key: str) -> Iterator[tuple[list[_Entry], bytes, int]]:
        """Lock the set of a key; yield its entries, the digest of the key, and the set's offset."""
        digest = blake2b(key.encode(), key=self._secret, digest_size=16).digest()
        number = int.from_bytes(digest[:4], "little") % _SETS
        start = number * _SET
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, number)
        try:
            content = memoryview(self._memory)[start : start + _SET]
            yield [_Entry(*row) for row in _ENTRY.iter_unpack(content)], digest, start
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)


def _place(entries: list[_Entry], digest: bytes, now: float) -> int:
    """Return the index for a digest: its own, an expired one, or that of the fewest requests."""
    places = range(len(entries))
    return min(
        places,
        key=lambda place: (
            entries[place].digest != digest,
            entries[place].expires > now,
            entries[place].number,
        ),
    )
