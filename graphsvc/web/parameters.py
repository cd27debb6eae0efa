"""The parameters of addresses that several pages read."""

from __future__ import annotations

from flask import request

from graphsvc.web.problems import RequestProblem

_LARGEST_PAGE = 1_000_000


def page_number() -> int:
    """Return the page that the address asks for, counted from 1.

    Errors: RequestProblem if it is no page number.
    """
    text = request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else 0
    if not 1 <= number <= _LARGEST_PAGE:
        raise RequestProblem(
            "bad-request", f"{text!r} is not the number of a page.", remedy="Pages count from 1."
        )
    return number
