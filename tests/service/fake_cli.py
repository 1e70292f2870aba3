"""Runs the real command with the fake annotator in a process of its own: ``python tests/service/fake_cli.py ARGS``.

``FAKE_DELAY`` is the time in seconds that each article takes.
An article with the words in ``FAKE_DEATH`` kills the process that scores it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # this file's own folder, which holds the fake, is there already

from fake_annotator import FakeAnnotator  # noqa: E402

import classifier  # noqa: E402
from classifier.annotation import Annotation, Mode  # noqa: E402
from classifier.annotator import Annotator  # noqa: E402
from classifier.document import Document  # noqa: E402
from service.cli import main  # noqa: E402


class SlowAnnotator(FakeAnnotator):
    """Takes its time over each article."""

    def annotate_many(
        self, documents: Iterable[Document], *, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Iterator[Annotation]:
        for annotation in super().annotate_many(documents, mode=mode, labels=labels):
            time.sleep(float(os.environ.get("FAKE_DELAY", "0")))
            if "FAKE_DEATH" in os.environ and os.environ["FAKE_DEATH"] in annotation.document.text:
                os.kill(os.getpid(), signal.SIGKILL)
            yield annotation


def load(path: Path | None = None, **_: object) -> Annotator:
    """Stand in for ``classifier.load``."""
    return SlowAnnotator()


# Worker processes import this file, too.
classifier.load = load

if __name__ == "__main__":
    sys.exit(main())
