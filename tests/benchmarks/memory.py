"""Watch the memory of a process that annotates many different articles.

``python tests/benchmarks/memory.py [--articles 20000]`` prints the resident size along the way and the growth from the
first tenth to the end. Every article holds words that no other has, which is what makes a spaCy vocabulary grow.
"""

from __future__ import annotations

import argparse
import random
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import classifier
from classifier.document import Document
from classifier.training.corpus import read_labelled
from classifier.training.texts import data_folder

WORDS = 120


def different_articles(count: int, seed: int = 0) -> Iterator[str]:
    """``count`` articles: sentences of ours, with every eighth word replaced by one made up."""
    draw = random.Random(seed)
    sentences = [s for article in read_labelled(data_folder()).own for s in article.text.split(". ")]
    for _ in range(count):
        words: list[str] = []
        while len(words) < WORDS:
            words += [*draw.choice(sentences).split(), "."]
        for place in range(0, len(words), 8):
            words[place] = "".join(draw.choices(string.ascii_lowercase, k=draw.randint(5, 12)))
        yield "A headline\n\n" + " ".join(words)


def resident_mb() -> float:
    """Resident size of this process in MB (Linux only)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS in /proc/self/status")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    options = parser.parse_args()
    if not Path("/proc/self/status").exists():
        sys.exit("overclaim: memory is read from /proc, which this system doesn't have")
    annotator = classifier.load()
    step = max(1, options.articles // 10)
    sizes = []
    for number, text in enumerate(different_articles(options.articles), start=1):
        next(annotator.annotate_many([Document(text)]))
        if number % step == 0:
            sizes.append(resident_mb())
            print(f"{number:>8} articles {sizes[-1]:>8.1f} MB", flush=True)
    print(f"growth from the first tenth to the end: {sizes[-1] - sizes[0]:+.1f} MB")


if __name__ == "__main__":
    main()
