"""LibreOffice's own remote checker, set to our server by its configuration, proofreads a document."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lt_asking import utf16

from classifier.labels import labels

SCRIPT = Path(__file__).with_name("libreoffice_proofread.py")
# The system's own: the one with LibreOffice's bridge.
PYTHON = Path("/usr/bin/python3")
PARAGRAPHS = (
    "A pill for R&D in Zürich",
    "In 50%25 of all, 😀 it is a breakthrough – and a miracle cure.",
    "It was tested.",
)


def _missing() -> str | None:
    if shutil.which("soffice") is None:
        return "needs LibreOffice Writer (soffice)"
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        return "needs LibreOffice's bridge to Python (the package python3-uno)"
    return None


pytestmark = pytest.mark.libreoffice


def settings(base: str) -> str:
    place = "/org.openoffice.Office.Linguistic/GrammarChecking/LanguageTool"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="{place}"><prop oor:name="BaseURL" oor:op="fuse"><value>{base}</value></prop></item>
<item oor:path="{place}"><prop oor:name="IsEnabled" oor:op="fuse"><value>true</value></prop></item>
</oor:items>"""


def write_document(path: Path) -> None:
    """Write a flat OpenDocument text."""
    body = "".join(f"<text:p>{escape(paragraph)}</text:p>" for paragraph in PARAGRAPHS)
    office, text = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text"))
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="{office}" xmlns:text="{text}" '
        'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document>",
        encoding="utf-8",
    )


def proofread(profile: Path, document: Path) -> dict[str, Any]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    office = subprocess.Popen(
        [
            "soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
            f"--accept=socket,host=127.0.0.1,port={port};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        done = subprocess.run(
            [PYTHON, SCRIPT, str(port), document.as_uri()],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        office.wait(60)
    finally:
        office.kill()
        office.wait()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_libreoffice_shows_both_overclaims(address: str, tmp_path: Path) -> None:
    if reason := _missing():
        pytest.skip(reason)
    registry = tmp_path / "profile" / "user" / "registrymodifications.xcu"
    registry.parent.mkdir(parents=True)
    registry.write_text(settings(f"{address}v2"), encoding="utf-8")
    document = tmp_path / "article.fodt"
    write_document(document)
    answer = proofread(tmp_path / "profile", document)
    assert [paragraph["text"] for paragraph in answer["paragraphs"]] == list(PARAGRAPHS)
    first, second, third = (paragraph["errors"] for paragraph in answer["paragraphs"])
    assert first == third == []
    marked = [utf16(PARAGRAPHS[1], error["start"], error["length"]) for error in second]
    assert marked == ["breakthrough", "miracle", "miracle cure"]
    label = labels()["sensational_language"]
    assert second[0]["short"] == f"{label.message} {label.suggestion}"
    assert second[0]["full"] == label.title
    assert all(error["suggestions"] == [] for error in second)
    # Orange: neither the red of spelling nor the blue of style.
    assert len({error["properties"]["LineColor"] for error in second}) == 1
    assert answer["proofreaders"] == ["org.openoffice.lingu.LanguageToolGrammarChecker"]
