"""Web archives: the articles come out, and the rest is accounted for."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from archives import ADVERT, COMMENT, FOOTER, NAVIGATION, SENTENCES, WarcMaker, chunked, crawl, page
from reading import brief, good, read

from classifier.errors import InvalidInputError
from service.batch.sources import ColumnMap, Prepared, RawRecord, open_sources

SITE = "https://news.example/"


@pytest.mark.parametrize("compressed", [True, False])
def test_articles_come_out_and_the_rest_is_accounted_for(tmp_path: Path, compressed: bool) -> None:
    archive = tmp_path / ("crawl.warc.gz" if compressed else "crawl.warc")
    expected = crawl(archive, compressed=compressed)
    results = read(archive)
    articles = [(raw, result) for raw, result in results if isinstance(result, Prepared)]
    refused = [(raw, result) for raw, result in results if isinstance(result, InvalidInputError)]
    assert [(raw.given["url"], result.document.text.split("\n\n")[0]) for raw, result in articles] == (
        expected["articles"]
    )
    assert [(raw.given["url"], result.code) for raw, result in refused] == expected["refused"]
    assert [raw.number for raw, _ in results] == list(range(1, len(results) + 1))
    for raw, _ in results:
        name, _, offset = raw.place.rpartition("@")
        assert name == str(archive)
        assert int(offset) in expected["starts"]
    # Only what is about the crawl itself is no record: its description, the request and the metadata.
    assert len(results) == len(expected["starts"]) - 3


@pytest.mark.parametrize("shared", [NAVIGATION, ADVERT, COMMENT, FOOTER])
def test_what_is_around_an_article_stays_out(tmp_path: Path, shared: str) -> None:
    archive = tmp_path / "crawl.warc.gz"
    crawl(archive)
    assert shared in page()
    articles = [result for _, result in read(archive) if isinstance(result, Prepared)]
    assert len(articles) == 7
    for article in articles:
        assert shared not in article.document.text


def test_title_date_and_address_are_kept(tmp_path: Path) -> None:
    maker = WarcMaker()
    maker.response(SITE + "dated", page())
    maker.response(SITE + "undated", page("Sleep and health", published=""))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(maker.bytes())
    dated, undated = good(path)
    assert dated.document.title == "Berry pill cures mice"
    assert dated.document.text == "\n\n".join(SENTENCES)
    assert dated.extra == {
        "url": SITE + "dated",
        "date": "2024-03-05",
        "archived": "2025-06-07T08:09:10Z",
        "headline": "Berry pill cures mice",
    }
    assert (undated.extra["date"], undated.extra["headline"]) == ("2025-06-07", "Sleep and health")
    assert str(dated.id).startswith("urn:uuid:")
    assert dated.id != undated.id
    by_address = good(path, columns=ColumnMap(id="url"))
    assert [article.id for article in by_address] == [SITE + "dated", SITE + "undated"]
    assert "url" not in by_address[0].extra


def one(tmp_path: Path, body: bytes | str, content_type: str | None = "text/html", **options: object) -> str | Prepared:
    maker = WarcMaker()
    maker.response(SITE, body, content_type, **options)  # type: ignore[arg-type]
    path = tmp_path / "one.warc.gz"
    path.write_bytes(maker.bytes())
    ((_, result),) = read(path)
    return result.code if isinstance(result, InvalidInputError) else result


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("application/json", "not_html"),
        ("text/plain", "not_html"),
        ("", "not_html"),
        (None, "not_html"),
        ("text/html-ish", "not_html"),
        ("TEXT/HTML; charset=UTF-8", None),
        ("application/xhtml+xml", None),
    ],
)
def test_only_html_is_an_article(tmp_path: Path, content_type: str | None, code: str | None) -> None:
    found = one(tmp_path, page(), content_type)
    assert found == code if code else isinstance(found, Prepared)


@pytest.mark.parametrize(
    "status", ["302 Found", "304 Not Modified", "404 Not Found", "500 Error", "206 Partial Content"]
)
def test_only_whole_answers_are_articles(tmp_path: Path, status: str) -> None:
    assert one(tmp_path, page(), status=status) == ("redirect" if status[0] == "3" else "http_status")


BODY = page().encode()


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (gzip.compress(BODY), {"Content-Encoding": "gzip"}, None),
        (BODY, {"Content-Encoding": "gzip"}, None),  # decompressed by the crawler
        (gzip.compress(BODY)[:-9], {"Content-Encoding": "gzip"}, "truncated"),
        (gzip.compress(BODY)[:20] + bytes(99), {"Content-Encoding": "x-gzip"}, "damaged"),
        (gzip.compress(b" " * 2_000_000), {"Content-Encoding": "gzip"}, "too_long"),
        (chunked(gzip.compress(BODY)), {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}, None),
        (chunked(BODY), {"Transfer-Encoding": "chunked"}, None),
        (BODY, {"Transfer-Encoding": "chunked"}, None),
        (BODY, {"Content-Encoding": "magic"}, "damaged"),
        (BODY, {"Content-Encoding": "identity"}, None),
        (BODY, {"Content-Length": str(len(BODY))}, None),
        (BODY, {"Content-Length": str(len(BODY) + 1)}, "truncated"),
        (BODY, {"Content-Length": "9" * 30}, None),
    ],
)
def test_bodies_as_servers_send_them(tmp_path: Path, body: bytes, headers: dict[str, str], code: str | None) -> None:
    found = one(tmp_path, body, http=tuple(headers.items()))
    if code is None:
        assert isinstance(found, Prepared)
        assert found.document.text == "\n\n".join(SENTENCES)
    else:
        assert found == code


def test_a_page_over_the_limit_is_not_read(tmp_path: Path) -> None:
    maker = WarcMaker()
    maker.response(SITE, b"<p>" + b"x" * 3_000_000, "text/html")
    maker.response(SITE + "next", page())
    path = tmp_path / "a.warc.gz"
    path.write_bytes(maker.bytes())
    first, second = read(path, max_bytes=10_000)
    assert isinstance(first[1], InvalidInputError)
    assert (first[1].code, first[1].limit) == ("too_long", 6 * 10_000 + 65_536)
    assert first[0].payload == b""
    assert isinstance(second[1], Prepared)


class TestDamage:
    """Nothing is lost but the damaged record itself."""

    @pytest.fixture(params=[True, False])
    def archive(self, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, bytes, list[int]]:
        maker = WarcMaker(compressed=request.param)
        for number in range(4):
            maker.response(
                f"{SITE}{number}", page(f"Berry pill number {number}"), WARC_Record_ID=f"<urn:uuid:{number}>"
            )
        return tmp_path / f"a.warc{'.gz' if request.param else ''}", maker.bytes(), maker.starts

    def test_whole(self, archive: tuple[Path, bytes, list[int]]) -> None:
        path, raw, starts = archive
        path.write_bytes(raw)
        assert brief(path) == [(f"{path.name}@{start}", f"urn:uuid:{n}") for n, start in enumerate(starts)]

    @pytest.mark.parametrize("length", [20, 300])
    def test_in_a_records_beginning(self, archive: tuple[Path, bytes, list[int]], length: int) -> None:
        path, raw, starts = archive
        at = starts[1]
        path.write_bytes(raw[:at] + b"\xaa" * length + raw[at + length :])
        found = brief(path)
        assert [result for _, result in found if not str(result).startswith("[")] == [
            f"urn:uuid:{n}" for n in (0, 2, 3)
        ]
        assert [result for _, result in found if str(result).startswith("[")] == ["[damaged]"]

    def test_before_the_first_record(self, archive: tuple[Path, bytes, list[int]]) -> None:
        path, raw, _ = archive
        path.write_bytes(b"no archive\r\n" * 9 + raw)
        assert [result for _, result in brief(path)] == ["[damaged]", *(f"urn:uuid:{n}" for n in range(4))]

    def test_cut_off_anywhere_in_the_last_record(self, archive: tuple[Path, bytes, list[int]]) -> None:
        path, raw, starts = archive
        for end in [*range(starts[3] + 1, len(raw) - 8, 67), starts[3] + 1]:
            path.write_bytes(raw[:end])
            *before, (place, last) = brief(path)
            assert [result for _, result in before] == ["urn:uuid:0", "urn:uuid:1", "urn:uuid:2"], end
            assert last in {"[damaged]", "[truncated]"}, end
            # Of a few bytes nothing can be told but that they follow the last record.
            begins = starts[2] if path.suffix == ".warc" and end < starts[3] + 8 else starts[3]
            assert place == f"{path.name}@{begins}", end

    def test_cut_off_between_records_is_no_damage(self, archive: tuple[Path, bytes, list[int]]) -> None:
        path, raw, starts = archive
        path.write_bytes(raw[: starts[3]])
        assert [result for _, result in brief(path)] == ["urn:uuid:0", "urn:uuid:1", "urn:uuid:2"]


def test_an_empty_archive_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "empty.warc.gz"
    path.write_bytes(b"")
    assert read(path) == []


def test_headers_of_an_archive_that_are_no_text(tmp_path: Path) -> None:
    maker = WarcMaker(compressed=False)
    maker.response(SITE + "caf\u00e9", page())
    path = tmp_path / "a.warc"
    path.write_bytes(maker.bytes().replace("caf\u00e9".encode(), b"caf\xe9\xe9"))
    ((raw, result),) = read(path)
    assert isinstance(result, Prepared), result
    str(raw.given["url"]).encode("utf-8")


def test_pages_are_taken_out_one_at_a_time(tmp_path: Path) -> None:
    maker = WarcMaker()
    for number in range(50):
        maker.response(f"{SITE}{number}", page())
    path = tmp_path / "a.warc.gz"
    # What follows the tenth record is damaged: a reader that ran ahead would have noticed.
    path.write_bytes(maker.bytes()[: maker.starts[10]] + b"\xaa" * 99)
    records: list[RawRecord] = []
    for record in open_sources([str(path)], max_bytes=10_000):
        records.append(record)
        if len(records) == 10:
            break
    assert [record.problem for record in records] == [None] * 10
