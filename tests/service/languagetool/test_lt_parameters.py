"""How an urlencoded body is decoded."""

from __future__ import annotations

from urllib.parse import quote, quote_plus, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InvalidInputError
from service.languagetool.parameters import parse_form


def text_of(encoded: str) -> str:
    return parse_form(b"language=en&text=" + encoded.encode("ascii"))["text"]


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        ("a%20b+c%2Bd%2bd", "a b c+d+d"),
        ("%F0%9F%98%80%0D%0A", "😀\r\n"),
        # Not so written, but read.
        ("a=b==", "a=b=="),
        ("caf%c3%A9", "café"),
        # What isn't an escape stays as it is.
        ("100%", "100%"),
        ("%4", "%4"),
        ("%zz%4z%", "%zz%4z%"),
        ("%%41", "%A"),
        ("%=41", "%=41"),
        # Nor is that of quoted-printable one, by which the body is decoded.
        ("=41=3D", "=41=3D"),
        ("a=%0Ab%3D%0D%0Ac", "a=\nb=\r\nc"),
        ("snake_case_++%0A+", "snake_case_  \n "),
    ],
)
def test_escapes(encoded: str, text: str) -> None:
    assert text_of(encoded) == text


@given(text=st.text(st.characters(exclude_categories=["Cs"])), safe=st.sampled_from(["", "=", "=/_.!~*'()"]))
def test_whatever_is_encoded_comes_back(text: str, safe: str) -> None:
    assert text_of(quote(text, safe=safe)) == text
    assert text_of(quote_plus(text, safe=safe)) == text


@given(st.text("%=+_.aF309cCz\"'", max_size=30))
def test_decoded_as_python_does(encoded: str) -> None:
    expected = unquote_to_bytes(encoded.replace("+", " "))
    if expected.decode("utf-8", "ignore").encode() == expected:
        assert text_of(encoded) == expected.decode("utf-8")
    else:
        with pytest.raises(InvalidInputError, match="text is not UTF-8"):
            text_of(encoded)


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\x7f", "é"])
def test_what_is_never_in_an_encoded_body_says_that_it_is_not(blank: str) -> None:
    body = f"text=100%25{blank}a+b&language=en".encode()
    assert parse_form(body) == {"text": f"100%25{blank}a+b", "language": "en"}
