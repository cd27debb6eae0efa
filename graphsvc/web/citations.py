"""A citation in the formats of reference managers, and as a line to paste.

BibTeX: https://ctan.org/pkg/bibtex; CSL-JSON: https://github.com/citation-style-language/schema;
RIS: tags as reference managers read them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from graphsvc.views.model import Passage

# The special characters of TeX, and the commands that print them. BibTeX counts an escaped brace as
# a brace, so braces need commands to keep an entry balanced.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """The data of a citation; ``source`` is the quoted text, if there is one.

    If the statements are in an engine that others change, ``release`` is empty, and ``built`` now.
    """

    key: str
    title: str
    dataset: str
    makers: tuple[str, ...]
    iri: str
    release: str
    built: datetime
    licence: str | None
    source: str | None
    passages: tuple[Passage, ...]

    @property
    def note(self) -> str:
        """Return the sentences that state the cited facts, each with its number."""
        quotes = "; ".join(f"[{entry.name}] “{entry.quote}”" for entry in self.passages)
        return f"{self.source}: {quotes}" if self.source and quotes else quotes


def plain_text(citation: Citation) -> str:
    """Return the citation as one line."""
    makers = ", ".join(citation.makers)
    parts = [
        f"{makers} ({citation.built.year})" if makers else str(citation.built.year),
        f"“{citation.title}”",
        f"{citation.dataset}, release {citation.release}" if citation.release else citation.dataset,
        citation.iri,
        citation.note,
    ]
    return ". ".join(part for part in parts if part) + "\n"


def bibtex(citation: Citation) -> str:
    """Return the citation as a BibTeX entry in UTF-8, which biber and newer BibTeXs read."""
    fields = {
        # The outer braces protect the names of organisations, and capitals.
        "author": " and ".join(f"{{{_in_tex(name)}}}" for name in citation.makers),
        "title": f"{{{_in_tex(citation.title)}}}",
        "howpublished": _in_tex(citation.dataset),
        "year": str(citation.built.year),
        "month": str(citation.built.month),
        "version": citation.release,
        "url": _in_url(citation.iri),
        "note": _in_tex(citation.note),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{citation.key},\n{''.join(lines)}}}\n"


def csl_json(citation: Citation) -> str:
    """Return the citation as CSL-JSON: a list of one item."""
    item = {
        "id": citation.key,
        "type": "dataset",
        "title": citation.title,
        "container-title": citation.dataset,
        "author": [{"literal": name} for name in citation.makers],
        "issued": {"date-parts": [_date(citation.built)]},
        "version": citation.release,
        "URL": citation.iri,
        "note": citation.note,
    }
    members = {name: value for name, value in item.items() if value}
    return json.dumps([members], ensure_ascii=False, indent=2) + "\n"


def ris(citation: Citation) -> str:
    """Return the citation as an RIS record: one tag on a line, so values have no line breaks."""
    built = citation.built
    tags = [
        ("TY", "DATA"),
        *(("AU", name) for name in citation.makers),
        ("TI", citation.title),
        ("T2", citation.dataset),
        ("PY", str(built.year)),
        ("DA", f"{built:%Y/%m/%d}"),
        ("ET", citation.release),
        ("UR", citation.iri),
        ("N1", citation.note),
        ("ER", ""),
    ]
    lines = (f"{tag}  - {' '.join(value.split())}" for tag, value in tags if value or tag == "ER")
    return "\r\n".join(lines) + "\r\n"


#: The function that writes each format of a citation, by its name in the table of formats.
WRITERS: Mapping[str, Callable[[Citation], str]] = {
    "txt": plain_text,
    "bib": bibtex,
    "csl": csl_json,
    "ris": ris,
}


def _in_tex(words: str) -> str:
    return "".join(_TEX.get(character, character) for character in " ".join(words.split()))


def _in_url(iri: str) -> str:
    # The field is verbatim, so only characters that would end it are encoded (RFC 3986, section 2).
    return re.sub(r"[{}\\]", lambda match: f"%{ord(match.group()):02X}", iri)


def _date(moment: datetime) -> Sequence[int]:
    return [moment.year, moment.month, moment.day]
