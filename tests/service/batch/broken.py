"""A hundred broken inputs, each broken in another way, with the code of the error that each must give."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path

import pyarrow
import pyarrow.parquet
import zstandard
from archives import SENTENCES, WarcMaker, page

# The size limit that the cases of too much are made for; set OVERCLAIM_MAX_BYTES to it.
MAX_BYTES = 20_000
_TEXT = " ".join(SENTENCES)
_CAP = 6 * MAX_BYTES + 65_536  # bytes of a line, a row or a page
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200)
_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << >> endobj\n"
_NOISE = random.Random(7).randbytes(3000)


def broken_inputs(folder: Path) -> dict[Path, str]:
    """Write a hundred broken inputs into a folder.

    Returns
    -------
    dict
        Path of each and the code of the error that it must give. None of them holds a good article.
    """
    cases = _texts() | _pages() | _json_lines() | _compressed() | _tables() | _parquet_files() | _web_archives()
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[Path, str] = {}
    for name, (content, code) in cases.items():
        path = folder / name
        path.write_bytes(content)
        found[path] = code
    for name, target in (("dangling.txt", "nowhere.txt"), ("loop.txt", "loop.txt")):
        (folder / name).symlink_to(target)
        found[folder / name] = "unreadable"
    assert len(found) == 100, f"a hundred are promised, and there are {len(found)}"
    return found


def _texts() -> dict[str, tuple[bytes, str]]:
    umlauts = "Übermäßige Hoffnung: the pill cured mice."
    return {
        "empty.txt": (b"", "empty"),
        "spaces.txt": (b"   \t ", "empty"),
        "line-ends.md": (b"\r\n\n\r\n", "empty"),
        "no-break-spaces.txt": ("\u00a0\u3000\u2003".encode(), "empty"),
        "form-feeds.txt": (b"\x0c\x0b\x0c", "empty"),
        "byte-order-mark.txt": (b"\xef\xbb\xbf", "empty"),
        "latin-1.txt": (umlauts.encode("latin-1"), "not_utf8"),
        "utf-16.txt": (umlauts.encode("utf-16"), "not_utf8"),
        "utf-16-big.md": (b"\xfe\xff" + umlauts.encode("utf-16-be"), "not_utf8"),
        "utf-16-bare.txt": ("The pill.".encode("utf-16-le"), "not_text"),
        "utf-32.txt": (umlauts.encode("utf-32"), "not_utf8"),
        "shift-jis.md": ("錠剤がマウスを治した。".encode("shift_jis"), "not_utf8"),
        "torn-character.txt": ("The pill cured “mice".encode()[:-5], "not_utf8"),
        "overlong.txt": (b"The pill \xc0\xaf cured mice.", "not_utf8"),
        "surrogate.txt": (b"The pill \xed\xa0\x80 cured mice.", "not_utf8"),
        "beyond-unicode.txt": (b"The pill \xf5\x80\x80\x80 cured mice.", "not_utf8"),
        "nul.txt": (b"The pill\0 cured mice.", "not_text"),
        "picture.txt": (_PNG, "not_utf8"),
        "paper.md": (_PDF, "not_utf8"),
        "zipped.txt": (gzip.compress(_TEXT.encode(), mtime=0), "not_utf8"),
        "one-too-many.txt": (b"x" * (MAX_BYTES + 1), "too_long"),
        "umlauts-too-long.txt": ("ä".encode() * (MAX_BYTES // 2 + 1), "too_long"),
        "huge.md": (b"word " * MAX_BYTES, "too_long"),
    }


def _pages() -> dict[str, tuple[bytes, str]]:
    return {
        "empty.html": (b"", "no_article"),
        "blank.html": (b" \n ", "no_article"),
        "doctype.html": (b"<!DOCTYPE html>", "no_article"),
        "no-tags.html": (_TEXT.encode(), "no_article"),
        "navigation.html": (b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no_article"),
        "script.html": (f"<html><body><script>{_TEXT}</script></body></html>".encode(), "no_article"),
        "comment.html": (f"<html><body><!-- {_TEXT} --></body></html>".encode(), "no_article"),
        "head.htm": (b"<html><head><title>Pill cures mice</title></head></html>", "no_article"),
        "picture.html": (b"<html><body><img src='mouse.png'></body></html>", "no_article"),
        "refresh.html": (b"<html><head><meta http-equiv='refresh' content='0;url=/'></head></html>", "no_article"),
        "deep.html": (b"<div>" * 6000, "no_article"),
        "brackets.html": (b"<" * 3000, "no_article"),
        "form.html": (b"<html><body><form><input name='q'><button>Go</button></form></body></html>", "no_article"),
        "png.html": (_PNG, "not_text"),
        "noise.html": (_NOISE, "not_text"),
        "utf-16-bare.html": (page().encode("utf-16-le"), "not_text"),
        "huge.html": (b"<p>" + b"x" * _CAP + b"</p>", "too_long"),
        "long-article.html": (page(sentences=SENTENCES * 60).encode(), "too_long"),
    }


def _json_lines() -> dict[str, tuple[bytes, str]]:
    good = {"id": 1, "text": _TEXT}
    lines = {
        "prose": (_TEXT, "malformed_json"),
        "torn": (json.dumps(good)[:-9], "malformed_json"),
        "two-on-a-line": (f"{json.dumps(good)} {json.dumps(good)}", "malformed_json"),
        "single-quotes": (str(good), "malformed_json"),
        "control-character": ('{"id": 1, "text": "The\x01 pill"}', "malformed_json"),
        "not-a-number": ('{"id": 1, "text": "x", "score": NaN}', "malformed_json"),
        "digits": ('{"id": 1, "text": "x", "n": ' + "9" * 5000 + "}", "malformed_json"),
        "bomb": ("[" * 100_000, "malformed_json"),
        "nested": ('{"id": 1, "text": "x", "deep": ' + "[" * 300 + "]" * 300 + "}", "too_deep"),
        "array": ('["a"]', "not_an_object"),
        "null": ("null", "not_an_object"),
        "no-text": ('{"id": 1}', "missing"),
        "no-id": ('{"text": "The pill."}', "missing"),
        "float-id": ('{"id": 1.5, "text": "x"}', "not_a_string"),
        "boolean-id": ('{"id": true, "text": "x"}', "not_a_string"),
        "null-text": ('{"id": 1, "text": null}', "not_a_string"),
        "list-text": ('{"id": 1, "text": ["The pill."]}', "not_a_string"),
        "object-title": ('{"id": 1, "text": "x", "title": {}}', "not_a_string"),
        "blank-text": ('{"id": 1, "text": " \\n "}', "empty"),
        "half-id": ('{"id": "\\ud800", "text": "x"}', "lone_surrogate"),
        "half-text": ('{"id": 1, "text": "\\udc00"}', "lone_surrogate"),
        "half-author": ('{"id": 1, "text": "x", "author": ["\\ud83d"]}', "lone_surrogate"),
        "long-text": (json.dumps({"id": 1, "text": "x" * (MAX_BYTES + 1)}), "too_long"),
        "long-line": (json.dumps({"id": 1, "text": "x", "more": "x" * _CAP}), "too_long"),
    }
    found = {f"{name}.jsonl": (line.encode() + b"\n", code) for name, (line, code) in lines.items()}
    found["latin-1.ndjson"] = ('{"id": 1, "text": "Übermut"}'.encode("latin-1"), "not_utf8")
    found["nuls.ndjson"] = (bytes(100), "malformed_json")
    return found


def _compressed() -> dict[str, tuple[bytes, str]]:
    line = json.dumps({"id": 1, "text": _TEXT, "noise": _NOISE.hex()}).encode()
    return {
        "torn.jsonl.gz": (gzip.compress(line, mtime=0)[:-900], "truncated"),
        "plain.jsonl.gz": (line, "damaged"),
        "damaged.jsonl.gz": (b"\x1f\x8b\x08\0" + _NOISE, "damaged"),
        "torn.jsonl.zst": (zstandard.compress(line)[:-900], "truncated"),
        "plain.jsonl.zst": (line, "damaged"),
        "torn.csv.gz": (gzip.compress(b"id,text\n" + _NOISE.hex().encode(), mtime=0)[:-900], "truncated"),
    }


def _tables() -> dict[str, tuple[bytes, str]]:
    return {
        "empty.csv": (b"", "empty"),
        "no-text-column.csv": (b"id,body\n1,The pill.\n", "missing_column"),
        "utf-16.csv": ("id,text\n1,The pill.\n".encode("utf-16"), "malformed_csv"),
        "workbook.csv": (b"PK\x03\x04\x14\0\x06\0\x08\0" + _NOISE, "malformed_csv"),
        "old-mac.csv": (b"id,text\r1,The pill.\r", "malformed_csv"),
        "too-many.csv": (b"id,text\n1,The pill, which cured mice.\n", "malformed_csv"),
        "too-few.tsv": (b"id\ttext\ttitle\n1\tThe pill.\n", "malformed_csv"),
        "open-quote.csv": (b'id,text\n1,"The pill.\n', "malformed_csv"),
        "stray-quote.csv": (b'id,text\n1,"The "pill", it says"\n', "malformed_csv"),
        "nul.csv": (b"id,text\n1,The\0pill.\n", "malformed_csv"),
        "no-text.csv": (b"id,text\n1,\n", "empty"),
        "latin-1.csv": ("id,text\n1,Übermut\n".encode("latin-1"), "not_utf8"),
        "latin-1-author.tsv": ("id\ttext\tauthor\n1\tThe pill.\tMüller\n".encode("latin-1"), "not_utf8"),
        "long.csv": (b"id,text\n1," + b"x" * (_CAP + 1) + b"\n", "too_long"),
    }


def parquet_bytes(table: pyarrow.Table) -> bytes:
    """Write a table as Parquet."""
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


def _parquet_files() -> dict[str, tuple[bytes, str]]:
    bad_text = pyarrow.array([b"The \xff pill"], pyarrow.binary()).cast(pyarrow.string(), safe=False)
    good = parquet_bytes(pyarrow.table({"id": [1], "text": [_TEXT]}))
    return {
        "prose.parquet": (_TEXT.encode(), "damaged"),
        "torn.parquet": (good[:-100], "damaged"),
        "no-text.parquet": (parquet_bytes(pyarrow.table({"id": [1], "body": [_TEXT]})), "missing_column"),
        "null.parquet": (parquet_bytes(pyarrow.table({"text": pyarrow.array([None], pyarrow.string())})), "empty"),
        "number.parquet": (parquet_bytes(pyarrow.table({"text": [5]})), "not_a_string"),
        "latin-1.parquet": (parquet_bytes(pyarrow.table({"text": bad_text})), "not_utf8"),
        "long.parquet": (parquet_bytes(pyarrow.table({"text": ["x" * (MAX_BYTES + 1)]})), "too_long"),
    }


def _web_archives() -> dict[str, tuple[bytes, str]]:
    whole, paper = WarcMaker(), WarcMaker()
    whole.response("https://news.example/", page())
    paper.response("https://news.example/paper", _PDF, "application/pdf")
    return {
        "noise.warc": (_NOISE, "damaged"),
        "page.warc": (page().encode(), "damaged"),
        "torn.warc.gz": (whole.bytes()[:40], "damaged"),
        "paper.warc.gz": (paper.bytes(), "not_html"),
    }
