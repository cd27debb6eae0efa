"""How the work of a function grows with its input, measured in processor time."""

from __future__ import annotations

import math
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: In seconds of processor time: a call below the first number is harmless; a call above the
#: second is stopped.
HARMLESS, LONGEST = 0.05, 1.5

#: For four times as much input a linear function takes four times as long, one that grows with the
#: square 16 times.
FACTOR, MOST = 4, 9.0


class _TooLong(Exception):  # noqa: N818 - it ends a function
    pass


def is_superlinear(
    function: Callable[[str], object], text: Callable[[int], str], size: int
) -> bool:
    """Tell whether the work for a text grows faster than the text, up to a size."""
    length, small = 64, _seconds(function, text(64))
    while length * FACTOR <= size and small < LONGEST:
        length *= FACTOR
        large = _seconds(function, text(length))
        if large == math.inf:
            return True
        if large > HARMLESS and large > MOST * small:
            # A pause of the machine is not growth: slow code is slow again at the next run.
            small = _seconds(function, text(length // FACTOR))
            return _seconds(function, text(length)) > MOST * small
        small = large
    return small >= LONGEST


def _seconds(function: Callable[[str], object], text: str) -> float:
    """Return how many seconds of a processor a call takes; infinity if it has to be ended."""
    before = signal.signal(signal.SIGVTALRM, _end)
    start = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        function(text)
    except _TooLong:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - start


def _end(*_: object) -> None:
    raise _TooLong
