"""The only file that names the steps of the model."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sklearn.frozen import FrozenEstimator

from classifier.boosting import BoostedLabelScorer
from classifier.claims import ClaimStrength
from classifier.features.context import CONTEXT_FAMILIES, ContextFeatures
from classifier.features.place import PlaceFeatures
from classifier.features.sentence import ClassFeatures, ClassGrams, CueFeatures, WordNgrams
from classifier.features.union import FamilyUnion
from classifier.first_stage import LinearLabelScorer, SentencePipeline
from classifier.scoring import StackedScorer

FAMILIES = ("words", "cues", "place", "classes", "grams", "evidence", "topic", "claims")
"""Feature families: words and grams of the first stage; evidence, topic and claims of the second; the rest of both."""


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """Settings of the pipeline; stored in the model's manifest.

    Parameters
    ----------
    longest_ngram, min_sentences : int
        See ``WordNgrams``.
    longest_gram, min_gram_sentences : int
        See ``ClassGrams``.
    cue_weight, class_weight : float
        See ``CueFeatures`` and ``ClassFeatures``.
    strength, keep_above : float
        See ``LinearLabelScorer``.
    rounds, rate, leaves, feature_share, negative_share
        See ``BoostedLabelScorer``.
    share, considered : float
        Weight of the second stage, and share of the sentences that it looks at; see ``StackedScorer``.
    families : tuple of str
        Some of ``FAMILIES`` (for ablations).
    seed : int
    """

    longest_ngram: int = 3
    min_sentences: int = 3
    longest_gram: int = 4
    min_gram_sentences: int = 4
    cue_weight: float = 0.5
    class_weight: float = 0.5
    strength: float = 3.0
    keep_above: float = 0.03
    rounds: int = 120
    rate: float = 0.06
    leaves: int = 16
    feature_share: float = 0.3
    negative_share: float = 0.6
    share: float = 0.7
    considered: float = 0.25
    families: tuple[str, ...] = FAMILIES
    seed: int = 0

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)


def build_pipeline(
    config: PipelineConfig | None = None, *, claims: ClaimStrength | None = None, jobs: int = -1
) -> StackedScorer:
    """The unfitted model: documents in, one probability a sentence and label out.

    Parameters
    ----------
    config : PipelineConfig, optional
    claims : ClaimStrength, optional
        Fitted; without it the family ``claims`` is left out.
    jobs : int
        Threads and processes used to fit; -1 for all cores. It doesn't change the model.

    Raises
    ------
    ValueError
        If a feature family is unknown, or none of the first stage is named.
    """
    config = config or PipelineConfig()
    sentence_families = {
        "words": WordNgrams(longest=config.longest_ngram, min_sentences=config.min_sentences),
        "cues": CueFeatures(weight=config.cue_weight),
        "place": PlaceFeatures(),
        "classes": ClassFeatures(weight=config.class_weight),
        "grams": ClassGrams(longest=config.longest_gram, min_sentences=config.min_gram_sentences),
    }
    chosen = [(name, step) for name, step in sentence_families.items() if name in config.families]
    if set(config.families) - set(FAMILIES) or not chosen:
        raise ValueError(
            f"feature families must be some of {', '.join(FAMILIES)}, one of the first stage among them, not"
            f" {', '.join(sorted(config.families)) or 'none'}"
        )
    sentence = SentencePipeline(
        [
            ("features", FamilyUnion(chosen)),
            ("labels", LinearLabelScorer(strength=config.strength, keep_above=config.keep_above, jobs=jobs)),
        ]
    )
    return StackedScorer(
        sentence=sentence,
        context=ContextFeatures(
            families=tuple(name for name in CONTEXT_FAMILIES if name in config.families),
            # Frozen: it was fitted on other data, and the second stage's clones must not forget that.
            claims=FrozenEstimator(claims) if claims is not None and "claims" in config.families else None,
        ),
        final=BoostedLabelScorer(
            rounds=config.rounds,
            rate=config.rate,
            leaves=config.leaves,
            feature_share=config.feature_share,
            negative_share=config.negative_share,
            jobs=jobs,
            random_state=config.seed,
        ),
        share=config.share,
        considered=config.considered,
        random_state=config.seed,
    )
