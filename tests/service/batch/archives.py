"""Archives that tests read: a web archive with all that a crawl meets, and a hundred broken inputs."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

SENTENCES = (
    "A pill made from berries cured all mice of a rare disease, a team at the University of Nowhere reports.",
    "The researchers gave the extract to twelve animals and watched them for three weeks in their laboratory.",
    "“It is a breakthrough,” said the lead author, who holds shares in the company that makes the extract.",
    "The study had no comparison group, and nobody knows yet whether the extract does anything in people.",
)
NAVIGATION = "Navigation of the site"
ADVERT = "Buy our miracle vitamins today"
COMMENT = "My aunt took this miracle cure and was healed"
FOOTER = "All rights reserved by the publisher"


def page(
    title: str = "Berry pill cures mice",
    sentences: tuple[str, ...] = SENTENCES,
    *,
    charset: str = "",
    published: str = "2024-03-05",
) -> str:
    """A page as news sites make them: the article amid navigation, adverts, comments and a footer."""
    meta = f'<meta charset="{charset}">' if charset else ""
    date = f'<meta property="article:published_time" content="{published}T08:00:00Z">' if published else ""
    first, *rest = (f"<p>{sentence}</p>" for sentence in sentences)
    return f"""<!DOCTYPE html><html lang="en"><head>{meta}<title>{title} | The Daily Example</title>{date}
<script>var advert = "{ADVERT}";</script></head><body>
<nav><ul><li><a href="/">{NAVIGATION}</a></li><li><a href="/health">Health</a></li></ul></nav>
<main><article><h1>{title}</h1>{first}<div class="ad advert">{ADVERT}</div>{"".join(rest)}</article>
<aside><h3>Most read</h3><a href="/sleep">Ten ways to sleep</a></aside>
<section id="comments" class="comments"><h3>Comments</h3><div class="comment"><p>{COMMENT}!</p></div></section></main>
<footer>{FOOTER}</footer></body></html>"""


class _Writer(WARCWriter):  # type: ignore[misc]
    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        # Its own temporary files are never closed, which is a warning, and so an error.
        return io.BytesIO()


class WarcMaker:
    """Writes a web archive record by record and remembers where each begins."""

    def __init__(self, *, compressed: bool = True) -> None:
        self.buffer = io.BytesIO()
        self.writer = _Writer(self.buffer, gzip=compressed)
        self.starts: list[int] = []

    def add(self, kind: str, uri: str | None = None, body: bytes = b"", http: Any = None, **headers: str) -> None:
        """Add a record; ``headers`` are WARC headers with underscores for hyphens."""
        self.starts.append(self.buffer.tell())
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        extra.setdefault("WARC-Date", "2025-06-07T08:09:10Z")
        record = self.writer.create_warc_record(
            uri, kind, payload=io.BytesIO(body), http_headers=http, warc_headers_dict=extra
        )
        self.writer.write_record(record)

    def response(
        self,
        uri: str,
        body: bytes | str,
        content_type: str | None = "text/html; charset=utf-8",
        status: str = "200 OK",
        http: tuple[tuple[str, str], ...] = (),
        **headers: str,
    ) -> None:
        """Add what a server answered."""
        raw = body.encode() if isinstance(body, str) else body
        first = (("Content-Type", content_type),) if content_type is not None else ()
        self.add("response", uri, raw, StatusAndHeaders(status, [*first, *http], protocol="HTTP/1.1"), **headers)

    def bytes(self) -> bytes:
        """Return the archive."""
        return self.buffer.getvalue()


GERMAN = tuple(f"Übermäßige Hoffnung: {sentence}" for sentence in SENTENCES)
JAPANESE = (
    "東京の研究者たちは、ベリーから作った錠剤がマウスの珍しい病気を治したと今週の報告書で述べた。",
    "研究チームは十二匹の動物に抽出物を与え、三週間にわたって研究室で注意深く観察を続けたという。",
    "しかし比較のための対照群はなく、人間に効果があるかどうかはまだ誰にも分からないと専門家は話す。",
    "今後は四十人の患者が参加する臨床試験が予定されており、結果が出るまでには少なくとも二年かかる見通しである。",
    "研究費は抽出物を製造する会社が負担しており、著者の一人はその会社の株式を保有していると報告書に書かれている。",
    "副作用についてはまったく調べられておらず、長く使い続けた場合の安全性についても何も分かっていないという。",
)


def crawl(path: Path, *, compressed: bool = True) -> dict[str, Any]:
    """Write a web archive with all that a crawl meets, the last record cut off.

    Returns
    -------
    dict
        ``articles``: address and first sentence of each article, in order; ``refused``: address and error code of
        each answer that is none; ``starts``: byte offset of every record.
    """
    maker = WarcMaker(compressed=compressed)
    site = "https://news.example/"
    maker.add("warcinfo", None, b"software: tests\r\n")
    maker.add("request", site + "utf8", http=StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True))
    maker.response(site + "utf8", page())
    maker.add("metadata", site + "utf8", b"fetchTimeMs: 12")
    maker.response(site + "2023/header", page(sentences=GERMAN).encode("cp1252"), "text/html; charset=ISO-8859-1")
    maker.response(site + "meta", page(sentences=GERMAN, charset="windows-1252").encode("cp1252"), "text/html")
    maker.response(site + "guess", page(sentences=GERMAN, published="").encode("cp1252"), "text/html")
    maker.response(site + "sjis", page(sentences=JAPANESE, charset="shift_jis").encode("shift_jis"), "text/html")
    maker.response(site + "zipped", gzip.compress(page().encode()), http=(("Content-Encoding", "gzip"),))
    maker.response(site + "chunked", chunked(page().encode()), http=(("Transfer-Encoding", "chunked"),))
    maker.response(site + "paper.pdf", b"%PDF-1.4\n" + bytes(range(256)) * 9, "application/pdf")
    maker.response(site + "old", b"", status="301 Moved Permanently", http=(("Location", "/new"),))
    maker.response(site + "gone", page("Not found"), status="404 Not Found")
    maker.response(site + "photo.jpg", b"\xff\xd8\xff\xe0" + bytes(200), "image/jpeg")
    maker.response(site + "index", "<html><body><nav><a href='/'>Home</a></nav></body></html>")
    maker.response(site + "half", page()[:300], WARC_Truncated="length")
    maker.add("revisit", site + "again", b"", StatusAndHeaders("304 Not Modified", [], protocol="HTTP/1.1"))
    maker.response(site + "noise", random.Random(1).randbytes(4000), "text/html")
    maker.response(site + "cut", page() + "<!-- " + "".join(random.Random(2).choices("abcdef", k=9000)))
    path.write_bytes(maker.bytes()[:-2000])
    names = ("utf8", "2023/header", "meta", "guess", "sjis", "zipped", "chunked")
    first = dict.fromkeys(names, SENTENCES[0]) | dict.fromkeys(("2023/header", "meta", "guess"), GERMAN[0])
    first["sjis"] = JAPANESE[0]
    refused = {
        "paper.pdf": "not_html",
        "old": "redirect",
        "gone": "http_status",
        "photo.jpg": "not_html",
        "index": "no_article",
        "half": "truncated",
        "again": "not_a_page",
        "noise": "not_text",
        "cut": "truncated",
    }
    return {
        "articles": [(site + name, first[name]) for name in names],
        "refused": [(site + name, code) for name, code in refused.items()],
        "starts": maker.starts,
    }


def chunked(body: bytes, size: int = 500) -> bytes:
    """Write a body as HTTP/1.1 sends it piece by piece."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
