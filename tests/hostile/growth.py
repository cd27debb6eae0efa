"""How the work of a function grows with its input, in processor time: lines pass, squares do not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: What takes less than this many seconds of a processor for the whole input harms nobody.
HARMLESS = 0.05

#: For four times as much input a linear function takes four times as long, one that grows with the
#: square 16 times, an exponential one for ever.
FACTOR, MOST = 4, 9.0


def is_superlinear(
    function: Callable[[str], object], text: Callable[[int], str], size: int
) -> bool:
    """Tell whether the work for a text grows faster than the text, up to a size.

    The sizes are tried from small ones on, so that what never ends is seen before it begins.
    """
    small = _seconds(function, text(64))
    length = 64 * FACTOR
    while length <= size:
        large = _seconds(function, text(length))
        if large > HARMLESS and large > MOST * small:
            # A pause of the machine is no growth: whoever is slow is slow again.
            return _seconds(function, text(length)) > MOST * _seconds(
                function, text(length // FACTOR)
            )
        small, length = large, length * FACTOR
    return False


def _seconds(function: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    function(text)
    return time.process_time() - begun
