"""The pages of a long document, and the links between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.views import page_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Paging:
    """The position of a page in its document; ``whole`` is the address of the first page."""

    whole: str
    number: int
    last: int

    @classmethod
    def of(cls, whole: str, number: int, sizes: Sequence[int]) -> Paging:
        """Return the position of a page in a document with lists of some sizes."""
        return cls(whole, number, max(1, *(-(-size // page_sizes.FACTS) for size in sizes)))

    @property
    def here(self) -> str:
        """Return the address of this page."""
        return self.address(self.number)

    @property
    def query(self) -> str:
        """Return the query string of this page."""
        return self.here.removeprefix(self.whole)

    def address(self, number: int) -> str:
        """Return the address of a page; the first page has the address of the document."""
        sign = "&" if "?" in self.whole else "?"
        return self.whole if number == 1 else f"{self.whole}{sign}page={number}"

    def neighbours(self) -> Iterator[tuple[str, str]]:
        """Yield the link relations and addresses of other pages; none for a single page.

        https://www.iana.org/assignments/link-relations/
        """
        if self.last == 1:
            return
        yield "first", self.address(1)
        if self.number > 1:
            yield "prev", self.address(self.number - 1)
        if self.number < self.last:
            yield "next", self.address(self.number + 1)
        yield "last", self.address(self.last)
