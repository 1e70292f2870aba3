"""Is the text English? The models know nothing else."""

from __future__ import annotations

from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_MIN_WORDS = 12
_SAMPLE_CHARS = 600
_SURE = 0.95


def is_other_language(prose: str) -> bool:
    """True if the text is surely not English; short texts are never judged.

    Parameters
    ----------
    prose : str
        Text without markup; its beginning and a line near its middle are looked at.
    """
    # From a line's beginning, so that a word more or less elsewhere doesn't shift it.
    middle = prose.rfind("\n", 0, len(prose) // 2) + 1
    sample = prose[:_SAMPLE_CHARS] + " " + prose[middle : middle + _SAMPLE_CHARS] * (middle >= _SAMPLE_CHARS)
    return _is_other(sample)


@lru_cache(maxsize=64)
def _is_other(sample: str) -> bool:
    """Remembered, since the beginning and the middle of an article stay the same while its end is written."""
    if len(sample.split()) < _MIN_WORDS:
        # Scripts without spaces between words have long "words" of letters beyond Latin.
        foreign = sum(c.isalpha() and ord(c) > 0x24F for c in sample)
        return foreign > 20 and foreign > 0.5 * sum(c.isalpha() for c in sample)
    language, probability = _identifier().classify(sample)
    return bool(language != "en" and probability > _SURE)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
