"""Licences are called by their names, whatever form their addresses have."""

from __future__ import annotations

import pytest

from graphsvc.views.licences import licence_name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0"),
        (
            "http://creativecommons.org/licenses/by-nc-sa/3.0/deed.de",
            "Creative Commons Attribution-NonCommercial-ShareAlike 3.0",
        ),
        ("https://creativecommons.org/licenses/by/3.0/de/", "Creative Commons Attribution 3.0 DE"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "Creative Commons Zero 1.0"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "Open Database License 1.0"),
        ("https://opendatacommons.org/licenses/odbl/", "Open Database License"),
        ("https://spdx.org/licenses/CC-BY-4.0", "CC-BY-4.0"),
        ("http://www.apache.org/licenses/LICENSE-2.0", "Apache License 2.0"),
        ("https://creativecommons.org/licenses/by/4.0/something-else", None),
        ("https://example.org/licenses/by/4.0/", None),
        ("urn:licence:by", None),
    ],
)
def test_the_address_of_a_licence_gives_its_name(address: str, name: str | None) -> None:
    assert licence_name(address) == name
