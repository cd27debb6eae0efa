"""Parsers of the values of settings, from texts and TOML values; ValueError for a wrong one.

The message of the error says what the value should have been.
"""

from __future__ import annotations

import logging
import os
import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from graphsvc import colours
from graphsvc.hosts import is_host, split_public_url
from graphsvc.profiles import PROFILES, WEIGHTS

#: The word in ``trusted_proxies`` for all clients of a Unix socket of the service.
UNIX = "unix"

#: The concepts for which a project can have its own terms: the kinds of passages, the heading, the
#: reading.
PASSAGE_TERMS = ("sentence", "heading", "item", "furniture", "row", "section", "reading")

_LARGEST_PORT = 65535
_LONGEST_WAIT = 86_400

#: An IRI, or a name with a prefix.
_PROPERTY = re.compile(r"[^\s:<>]+:[^\s<>]*")

#: The endings of files for the picture of a site.
_PICTURES = (".svg", ".png")


def text(value: object) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value


def line(value: object) -> str:
    """Return a text, which may be empty, on one line."""
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004 - as for all settings
    return " ".join(value.split())


def picture(value: object) -> Path | None:
    """Return the path of a picture, or None."""
    if value is None or value == "":
        return None
    if not str(value).lower().endswith(_PICTURES):
        raise ValueError("the path of an SVG or PNG file")
    return path(value)


def colour(value: object) -> str:
    """Return a colour that can be read on light paper, in lower case, or nothing."""
    text_of_colour = str(value or "").strip().lower()
    if not text_of_colour:
        return ""
    if not re.fullmatch(r"#[0-9a-f]{6}", text_of_colour):
        raise ValueError("a colour such as #1a5a4a")
    if (contrast := colours.least_contrast(text_of_colour)) < colours.READABLE:
        raise ValueError(
            f"a darker colour: on the paper of the pages its contrast is {contrast:.1f} to 1, and "
            f"words need {colours.READABLE} to 1"
        )
    return text_of_colour


def path(value: object) -> Path:
    return Path(text(str(value)))


def paths(value: object) -> tuple[Path, ...]:
    """Return paths, from a list or from a text with the separator of paths."""
    texts = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        raise ValueError(f"paths with {os.pathsep} between them")  # noqa: TRY004 - as for all settings
    return tuple(path(text) for text in texts if str(text))


def base_iri(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s<>\"{}|^`\\#?]+/", value):
        raise ValueError("an http or https IRI that ends in a slash")
    return value


def public_url(value: object) -> str | None:
    """Return a public address, or None."""
    if value is None or value == "":
        return None
    split_public_url(str(value))
    return str(value)


def endpoint(value: object) -> str | None:
    """Return the address of a SPARQL endpoint, or None."""
    if value is None or value == "":
        return None
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the http or https address of a SPARQL endpoint")
    if parts.fragment or re.search(r"\s", str(value)):
        raise ValueError("an address without a fragment and without spaces")
    return str(value)


def engine(value: object) -> str | None:
    """Return the name of an engine, in lower case, or None."""
    return str(value).strip().lower() or None if value is not None else None


def proxies(value: object) -> str | None:
    """Return addresses and networks as one text, or None."""
    names = [name.strip() for name in str(value or "").split(",") if name.strip()]
    for name in names:
        try:
            _ = name == UNIX or ip_network(name)
        except ValueError:
            expected = f'addresses or networks, separated by commas, or the word "{UNIX}"'
            raise ValueError(expected) from None
    return ", ".join(names) or None


def hosts(value: object) -> str | None:
    """Return hosts as one text, or None."""
    names = [name.strip().lower() for name in str(value or "").split(",") if name.strip()]
    if not all(map(is_host, names)):
        raise ValueError("hosts such as upload.wikimedia.org, separated by commas")
    return ", ".join(names) or None


def whole(value: object) -> int:
    """Return a whole number."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]+", str(value)):
        raise ValueError("a whole number")
    return int(str(value))


def count(value: object) -> int:
    """Return a whole number from 1 up."""
    if (number := whole(value)) < 1:
        raise ValueError("a whole number from 1 up")
    return number


def seconds(value: object) -> float:
    """Return a number of seconds."""
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if not 0 < number < _LONGEST_WAIT:
        raise ValueError(f"a number of seconds above 0 and below {_LONGEST_WAIT}")
    return number


def seconds_or_none(value: object) -> float:
    """Return a number of seconds, 0 for none."""
    return 0.0 if str(value) in ("0", "0.0") else seconds(value)


def rates(value: object) -> str:
    """Return rates in the notation of the library limits as one text, empty for none."""
    text_of_rates = str(value or "").strip()
    if not text_of_rates:
        return ""
    # The library takes long to load, with all its storages, and only a service needs it.
    from limits import parse_many  # noqa: PLC0415

    try:
        parse_many(text_of_rates)
    except ValueError:
        raise ValueError("rates such as 100/minute, with semicolons between them") from None
    return text_of_rates


def port(value: object) -> int:
    if (number := whole(value)) > _LARGEST_PORT:
        raise ValueError(f"a port from 0 to {_LARGEST_PORT}")
    return number


def switch(value: object) -> bool:
    """Return whether something is on."""
    values = {"on": True, "true": True, "off": False, "false": False}
    if str(value).lower() not in values:
        raise ValueError("on or off")
    return values[str(value).lower()]


def contact(value: object) -> str | None:
    """Return an e-mail address or that of a web page, or None."""
    if value is None or value == "":
        return None
    whole = r"https?://[^\s<>\"{}|^`\\]+|[^\s<>\"{}|^`\\@/:]+@[^\s<>\"{}|^`\\@/:]+"
    if not isinstance(value, str) or not re.fullmatch(whole, value):
        raise ValueError("an e-mail address, or the address of a web page")
    return value


def properties(value: object) -> str:
    """Return IRIs and prefixed names as one text."""
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(map(_PROPERTY.fullmatch, names)):
        raise ValueError("IRIs or prefixed names, with spaces or commas between them")
    return " ".join(names)


def level(value: object) -> str:
    """Return the name of a level of logging."""
    name = str(value).upper()
    if name not in logging.getLevelNamesMapping():
        raise ValueError("one of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    return name


def profile(value: object) -> str:
    """Return the name of a profile."""
    if value not in PROFILES:
        raise ValueError(f"one of {', '.join(PROFILES)}")
    return str(value)


def checks(value: object) -> tuple[str, ...]:
    """Read weights of checks: a table of TOML, or texts such as ``missing-label=off``."""
    if isinstance(value, dict):
        pairs = [(str(check), str(weight)) for check, weight in value.items()]
    else:
        texts = re.split(r"[\s,:;]+", value) if isinstance(value, str) else list(_items(value))
        pairs = [(check, weight) for check, _, weight in (t.partition("=") for t in texts if t)]
    if not all(check and weight in WEIGHTS for check, weight in pairs):
        raise ValueError(f"names of checks, each with one of {', '.join(WEIGHTS)}")
    return tuple(f"{check}={weight}" for check, weight in pairs)


def passages(value: object) -> tuple[str, ...]:
    """Read the terms for passages: a table of TOML, or texts such as ``heading=doco:Title``."""
    if isinstance(value, dict):
        pairs = list(value.items())
    else:
        texts = re.split(r"[\s,;]+", value) if isinstance(value, str) else _items(value)
        pairs = [tuple(text.split("=", 1)) for text in texts if text]
    terms = [tuple(map(str, pair)) for pair in pairs]
    if not all(len(pair) == 2 and pair[0] in PASSAGE_TERMS and pair[1] for pair in terms):  # noqa: PLR2004
        raise ValueError(f"names with a prefix, or IRIs, of {', '.join(PASSAGE_TERMS)}")
    return tuple("=".join(pair) for pair in terms)


def _items(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("a table")  # noqa: TRY004 - as for all settings
    return tuple(map(str, value))
