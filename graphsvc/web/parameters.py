"""The parameters of addresses that several pages read, and those that other sites append."""

from __future__ import annotations

import re

from flask import request

from graphsvc.web.problems import RequestProblem

_LARGEST_PAGE = 1_000_000

#: Parameters that mail, advertisement, social networks and caches append to links, for tracking or
#: to avoid caches. No page depends on them.
_APPENDED = (
    *("utm_[a-z_]+", "mtm_[a-z_]+", "pk_[a-z_]+", "piwik_[a-z_]+", "hsa_[a-z_]+", "at_[a-z_]+"),
    *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid"),
    *("msclkid", "mc_cid", "mc_eid", "yclid", "ysclid", "_openstat", "twclid", "ttclid", "igsh"),
    *("igshid", "li_fat_id", "rdt_cid", "epik", "sccid", "srsltid", "mkt_tok", "_ga", "_gl"),
    *("_hsenc", "_hsmi", "__s", "vero_id", "oly_anon_id", "oly_enc_id", "s_cid", "wickedid", "_"),
)
_APPENDED_PAIR = re.compile(
    rf"(?:^|(?<=&))(?:{'|'.join(_APPENDED)})(?:=[^&]*)?(?:&|$)".encode(), re.IGNORECASE
)


def without_appended(query_string: bytes) -> bytes:
    """Return the query of an address without the parameters that other sites append."""
    return _APPENDED_PAIR.sub(b"", query_string).removesuffix(b"&")


def page_number() -> int:
    """Return the page number of the address, counted from 1.

    Errors: RequestProblem if it is no page number.
    """
    text = request.args.get("page") or "1"
    number = int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else 0
    if not 1 <= number <= _LARGEST_PAGE:
        raise RequestProblem(
            "bad-request", f"{text!r} is not the number of a page.", remedy="Pages count from 1."
        )
    return number
