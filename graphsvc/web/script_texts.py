"""The texts of the scripts: a page that is not in English has the translations for its scripts.

Scripts use ``gettext`` and ``ngettext``, which static/js/texts.js defines; the texts are extracted
from the scripts. The translations are in a data block, which is not run.
https://html.spec.whatwg.org/multipage/scripting.html#data-block
"""

from __future__ import annotations

from functools import cache, lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.extract import extract_from_file
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from graphsvc.web.languages import translations

if TYPE_CHECKING:
    from gettext import NullTranslations

    from jinja2 import Environment

_HERE = Path(__file__).parent

#: The scripts of all pages, and those of the workbench before they are bundled.
PARTS = {"page": _HERE / "static" / "js", "workbench": _HERE / "assets" / "src"}

#: The numbers with a plural form in the block: in every language, the forms repeat every 100.
_NUMBERS = 200


def register(environment: Environment) -> None:
    """Register the texts of scripts in the templates."""
    environment.globals["script_texts"] = lambda part: _block(translations(), part)


@lru_cache(maxsize=64)
def _block(catalogue: NullTranslations, part: str) -> Markup:
    """Return a block with the texts of a part of the scripts, or nothing for English."""
    if not isinstance(catalogue, GNUTranslations):
        return Markup("")
    texts: dict[str, str | list[str]] = {}
    forms = [_form(catalogue, number) for number in range(_NUMBERS)]
    for message in messages(part):
        if isinstance(message, str):
            # The script already has a text without a translation.
            texts |= (
                {message: translation}
                if (translation := catalogue.gettext(message)) != message
                else {}
            )
        else:
            one, many = message
            numbers = (forms.index(form) for form in sorted(set(forms)))
            texts[one] = [catalogue.ngettext(one, many, number) for number in numbers]
    data = htmlsafe_json_dumps({"plural": "".join(map(str, forms)), "texts": texts})
    return Markup('<script type="application/json" class="texts">{}</script>').format(data)


@cache
def messages(part: str) -> tuple[str | tuple[str, str], ...]:
    """Return the texts of a part of the scripts, in order; a pair depends on a number."""
    texts: dict[str | tuple[str, str], None] = {}
    for path in sorted(PARTS[part].rglob("*.js")):
        for _, message, _, _ in extract_from_file("javascript", path):
            texts[message if isinstance(message, str) else (message[0], message[1])] = None
    return tuple(texts)


def _form(catalogue: GNUTranslations, number: int) -> int:
    """Return the index of the plural form for a number."""
    form: int = catalogue.plural(number)  # type: ignore[attr-defined]
    return form
