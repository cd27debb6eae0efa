"""How these tests read what the service answers."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements of a page with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def links(self) -> list[str | None]:
        return [one.get("href") for one in self.all("a")]

    @property
    def followed(self) -> list[str]:
        """Return the addresses that a robot follows."""
        # Of the states of browsing there are endlessly many; their links ask not to be followed.
        return [
            value
            for one in self.all("a") + self.all("link")
            if (value := one.get("href")) and "nofollow" not in (one.get("rel") or "")
        ]
