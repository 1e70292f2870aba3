"""Folders of articles, files on their own, and which format an input is taken for."""

from __future__ import annotations

import io
import os
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from archives import ADVERT, COMMENT, SENTENCES, page
from reading import brief, good, read

from classifier.errors import InvalidInputError
from service.batch.sources import FORMATS, ColumnMap, RawRecord, known_id, open_sources
from service.batch.sources.detect import form_of_name
from service.console import CommandError


def folder(tmp_path: Path, *names: str) -> Path:
    root = tmp_path / "drafts"
    root.mkdir(exist_ok=True)
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page() if name.lower().endswith(("html", "htm")) else "The pill.\n")
    return root


def test_all_articles_in_order_and_what_is_left_out(tmp_path: Path) -> None:
    root = folder(
        tmp_path, "b.txt", "a/z.md", "a/b/c.html", "c.HTM", "note.docx", "README", ".hidden.txt", ".git/x.txt", "a.txt"
    )
    # Emacs locks a file by a hidden link that leads nowhere.
    (root / "a" / ".#z.md").symlink_to("nobody@nowhere")
    left_out: list[str] = []
    assert [article.id for article in good(root, left_out=left_out.append)] == [
        *("a/b/c.html", "a/z.md", "a.txt", "b.txt", "c.HTM")
    ]
    # A hidden folder isn't looked into, so its files aren't counted.
    assert left_out == [str(root / name) for name in (".hidden.txt", "README", "a/.#z.md", "note.docx")]
    assert next(raw.place for raw, _ in read(root)) == str(root / "a" / "b" / "c.html")


def test_plain_texts_are_scored_as_they_are_and_markdown_as_prose(tmp_path: Path) -> None:
    content = "\ufeff# New pill\r\n\r\nIt *cures* mice.\r\n"
    for name, prose in (("a.txt", content), ("a.md", "New pill\n\nIt cures mice.\n")):
        path = tmp_path / name
        path.write_bytes(content.encode())
        (article,) = good(path)
        assert (article.id, article.document.text, article.document.title) == (str(path), prose, None)
        assert article.draft is not None
        assert article.draft.pieces.source == content
        assert article.extra == {}


def test_pages_are_read_for_their_main_text(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(page(charset="utf-8").encode())
    (article,) = good(path)
    assert article.document.text == "\n\n".join(SENTENCES)
    assert article.document.title == "Berry pill cures mice"
    assert article.extra == {"headline": "Berry pill cures mice", "date": "2024-03-05"}
    assert ADVERT not in article.document.text
    assert COMMENT not in article.document.text


def test_links_are_followed_but_never_in_circles(tmp_path: Path) -> None:
    root = folder(tmp_path, "a/one.txt", "b/two.txt")
    (root / "a" / "up").symlink_to(root)
    (root / "b" / "self").symlink_to(".")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "three.txt").write_text("A pill.")
    (root / "c").symlink_to(tmp_path / "outside")
    assert [article.id for article in good(root)] == ["a/one.txt", "b/two.txt", "c/three.txt"]


def test_files_that_are_no_files(tmp_path: Path) -> None:
    root = folder(tmp_path, "a.txt")
    os.mkfifo(root / "pipe.txt")
    left_out: list[str] = []
    assert brief(root, left_out=left_out.append) == [("a.txt", "a.txt")]
    assert left_out == [str(root / "pipe.txt")]


def test_names_that_are_no_text(tmp_path: Path) -> None:
    root = folder(tmp_path)
    Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.txt")).write_text("A pill.")
    (article,) = good(root)
    assert article.id == "caf\\xe9.txt"


def test_other_archives_in_a_folder_are_read_too(tmp_path: Path) -> None:
    root = folder(tmp_path, "a.txt")
    (root / "b.jsonl").write_text('{"id": "j", "text": "A pill."}\n')
    (root / "c.csv").write_text("id,text\nc,A pill.\n")
    assert brief(root) == [("a.txt", "a.txt"), ("b.jsonl:1", "j"), ("c.csv:2", "c")]
    left_out: list[str] = []
    assert brief(root, form="csv", left_out=left_out.append) == [("c.csv:2", "c")]
    assert len(left_out) == 2
    assert len(brief(root, form="folder")) == 3


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", "jsonl"),
        ("a.NDJSON.gz", "jsonl"),
        ("a.b.csv.zst", "csv"),
        ("a.tsv", "tsv"),
        ("a.parquet", "parquet"),
        ("a.warc", "warc"),
        ("a.warc.gz", "warc"),
        ("a.markdown", "md"),
        ("a.htm", "html"),
        ("a.txt", "txt"),
        *((name, None) for name in ("a.json", "a.gz", "a.txt.gz", "a.parquet.gz", "a.warc.zst", "jsonl", ".csv", "")),
    ],
)
def test_formats_are_told_by_names(name: str, form: str | None) -> None:
    assert form_of_name(name) == form
    assert form is None or form in FORMATS


def test_inputs_that_cannot_be_used_are_refused_at_once(tmp_path: Path) -> None:
    good_file = tmp_path / "good.txt"
    good_file.write_text("A pill.")
    strange = tmp_path / "strange.docx"
    strange.touch()
    for source, form, message in (
        (tmp_path / "none.jsonl", None, "none.jsonl: no such file"),
        (strange, None, "its format can't be told from its name: say --from with one of jsonl, csv, "),
        (good_file, "excel", "format 'excel' is unknown: it must be one of jsonl, "),
        (good_file, "folder", "good.txt: is a file, not a folder"),
        ("-", "parquet", "standard input can only be jsonl, csv, tsv, not parquet"),
        ("a\0b.txt", None, "not a file name"),
        (good_file / "x.txt", None, "not a directory"),
    ):
        with pytest.raises(CommandError) as caught:
            open_sources([str(good_file), str(source)], form=form)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"id": 1, "text": "A."}\n')))
    assert brief("-") == [("<stdin>:1", 1)]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"id,text\n1,A.\n")))
    assert brief("-", form="csv") == [("<stdin>:2", "1")]
    assert not sys.stdin.buffer.closed


def test_a_file_of_another_name_is_what_the_user_says(tmp_path: Path) -> None:
    path = tmp_path / "articles"
    path.write_text('{"id": 1, "text": "A."}\n')
    assert brief(path, form="jsonl") == [("articles:1", 1)]
    assert brief(path, form="txt") == [("articles", str(path))]


def test_a_missing_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.warc.gz"
    path.touch()
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    with pytest.raises(CommandError, match=r'this needs overclaim\[archives\]: pip install "overclaim\[archives\]"'):
        list(open_sources([str(path)]))


class TestRecords:
    def test_records_and_their_problems_can_be_sent_to_workers(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("A pill." * 9)
        fine, refused = [*open_sources([str(path)]), *open_sources([str(path)], max_bytes=10)]
        assert pickle.loads(pickle.dumps(fine)) == fine  # noqa: S301  (our own bytes)
        again = pickle.loads(pickle.dumps(refused))  # noqa: S301
        assert again.problem is not None
        assert refused.problem is not None
        assert vars(again.problem) == vars(refused.problem)
        assert again.digest() == refused.digest() != fine.digest()

    def test_digests(self) -> None:
        problem = InvalidInputError("no", field="text", code="odd")
        records = [
            RawRecord(1, "a:1", "json", b"x"),
            RawRecord(1, "a:1", "json", b"y"),
            RawRecord(1, "a:1", "txt", b"x"),
            RawRecord(1, "a:1", "json", b"x", {}, problem),
            RawRecord(1, "a:1", "row", {"a": "b"}),
            RawRecord(1, "a:1", "row", {"a": "b", "c": None}),
            RawRecord(1, "a:1", "row", {"ab": ""}),
            RawRecord(1, "a:1", "warc-html", {"body": b"b"}),
        ]
        digests = [record.digest() for record in records]
        assert len(set(digests)) == len(digests)
        assert all(len(digest) == 16 for digest in digests)
        assert int(digests[0], 16) >= 0
        assert RawRecord(9, "b:9", "json", b"x", {"id": 1}).digest() == digests[0]

    @pytest.mark.parametrize(
        ("raw", "columns", "expected"),
        [
            (RawRecord(1, "", "json", b'{"id": 5, "text": ""}'), ColumnMap(), 5),
            (RawRecord(1, "", "json", b'{"key": "k"}'), ColumnMap(id="key"), "k"),
            (RawRecord(1, "", "json", b"nonsense"), ColumnMap(), None),
            (RawRecord(1, "", "json", b"{}"), ColumnMap(), None),
            (RawRecord(1, "", "row", {"id": "r"}), ColumnMap(), "r"),
            (RawRecord(1, "", "row", b""), ColumnMap(), None),
            (RawRecord(1, "", "txt", b"", {"id": "a.txt"}), ColumnMap(), "a.txt"),
            (RawRecord(1, "", "warc-html", b""), ColumnMap(), None),
        ],
    )
    def test_ids_of_records_that_cannot_be_scored(
        self, raw: RawRecord, columns: ColumnMap, expected: str | int | None
    ) -> None:
        assert known_id(raw, columns) == expected


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_of_a_huge_file_no_more_than_the_limit_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(1 << 36)  # 64 GiB of nothing, which take no room on the disk, but would in memory
    ((raw, result),) = read(path, max_bytes=1000)
    assert isinstance(result, InvalidInputError)
    assert result.code == "too_long"
    assert raw.payload == b""
