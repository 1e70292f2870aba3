"""Measure how soon a change is answered while somebody writes: ``make bench-editor``.

Articles of 1,500 words. Of each: a check by an annotator that remembers no sentence (cold), then changes of one
sentence at a time, each followed by a check (change). Twice: called from Python, as the language server does, and
through HTTP at ``/v2/check``, as grammar clients do. Medians, 99th percentiles, and how many times faster a change is
than the cold check of the same article.

The texts are the public articles if ``OVERCLAIM_CORPUS`` names them, else those in ``training_data/articles``.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import classifier
from service.checking import check
from service.settling import settle

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from running import running_service
from speed import articles, of_length

WORDS = 1_500
Times = list[float]


def changed(text: str, rng: random.Random, number: int) -> str:
    """The text with one more word somewhere, one that no earlier change has put in."""
    place = text.index(" ", rng.randrange(len(text) - 200))
    return f"{text[:place]} word{number}{text[place:]}"


def measure(
    texts: list[str], changes: int, asked: Callable[[str], Callable[[], object]], forget: Callable[[], object]
) -> tuple[Times, Times, Times]:
    """Milliseconds of each cold check and of each check after a change, and the ratio of their medians by article.

    ``asked`` gives what is timed of a text: what the asking side does before isn't.
    """
    rng = random.Random(0)
    cold: Times = []
    warm: Times = []
    ratios: Times = []
    number = 0
    for text in texts:
        forget()
        first = spent(asked(text))
        mine = []
        for _ in range(changes):
            number += 1
            text = changed(text, rng, number)  # noqa: PLW2901
            mine.append(spent(asked(text)))
        cold.append(first)
        warm += mine
        ratios.append(first / statistics.median(mine))
    return cold, warm, ratios


def spent(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def asking(port: int) -> Callable[[str], Callable[[], None]]:
    """Ask the service at a port, over one connection: from the request's first byte to the answer's last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def asked(text: str) -> Callable[[], None]:
        body = urlencode({"text": text, "language": "en-US"})

        def ask() -> None:
            connection.request("POST", "/v2/check", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != http.client.OK:
                sys.exit(f"overclaim: the service answered {response.status}: {answer[:200].decode()}")

        return ask

    return asked


def report(name: str, times: tuple[Times, Times, Times]) -> None:
    """Print one way's figures."""
    cold, warm, ratios = times
    for label, values in (("cold", cold), ("change", warm)):
        worst = statistics.quantiles(values, n=100)[98]
        print(f"{name:16}{label:8}{len(values):>8}{statistics.median(values):>10.1f}{worst:>10.1f}{max(values):>10.1f}")
    spread = f"(from {min(ratios):.1f} to {max(ratios):.1f})"
    print(f"{name:16}a change is {statistics.median(ratios):.1f} times faster {spread}\n")


def different(texts: list[str], count: int) -> Iterator[str]:
    """Articles that share no text as long as there are texts enough."""
    step = max(1, len(texts) // count)
    for number in range(count):
        yield from of_length(texts[number * step :] + texts[: number * step], WORDS, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--changes", type=int, default=15, help="changes of each article")
    options = parser.parse_args()

    source, texts = articles()
    chosen = list(different(texts, options.articles))
    annotator = classifier.load()
    settle()
    print(f"{source}: {len(chosen)} articles of {WORDS} words, milliseconds\n")
    print(f"{'':16}{'':8}{'checks':>8}{'median':>10}{'99th':>10}{'highest':>10}")
    report(
        "called",
        measure(chosen, options.changes, lambda text: lambda: check(annotator, text).spans, annotator.forget),
    )
    with running_service() as port:
        asked = asking(port)
        asked("Hello, world.")()
        # The service can't be told to forget; an article that it hasn't met is cold.
        report("/v2/check", measure(chosen, options.changes, asked, lambda: None))


if __name__ == "__main__":
    main()
