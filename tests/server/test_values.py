"""Values of forms and addresses: decoded as others decode them, or refused."""

from __future__ import annotations

from urllib.parse import quote, quote_plus, unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st

from graphsvc.web import protocol


@given(st.text())
def test_a_value_of_a_form_is_decoded(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert protocol.decode_form_value(quote_plus(text).encode()) == text
    assert protocol.decode_form_value(quote(text, safe="").encode()) == text


@given(st.text("%+\\xX0aFgu{}\u00e9\n", max_size=12).map(str.encode))
def test_a_value_is_decoded_as_others_do_or_not_at_all(value: bytes) -> None:
    try:
        decoded = protocol.decode_form_value(value)
    except UnicodeDecodeError:
        return
    assert decoded == unquote_to_bytes(value.replace(b"+", b" ")).decode()
