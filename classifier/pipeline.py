"""The only file that names the steps of the model."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.boosting import BoostedLabelScorer
from classifier.features.context import ContextFeatures
from classifier.features.sentence import CueFeatures, PlaceFeatures, WordNgrams
from classifier.scoring import LinearLabelScorer, StackedScorer


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """Settings of the pipeline; stored in the model's manifest.

    Parameters
    ----------
    longest_ngram, min_sentences : int
        See ``WordNgrams``.
    cue_weight : float
        See ``CueFeatures``.
    strength, keep_above : float
        See ``LinearLabelScorer``.
    rounds, rate, leaves, feature_share
        See ``BoostedLabelScorer``.
    share : float
        Weight of the second stage; see ``StackedScorer``.
    families : tuple of str
        Feature families of the first stage: any of ``words``, ``cues``, ``place`` (for ablations).
    seed : int
    """

    longest_ngram: int = 3
    min_sentences: int = 3
    cue_weight: float = 0.5
    strength: float = 3.0
    keep_above: float = 0.02
    rounds: int = 50
    rate: float = 0.12
    leaves: int = 12
    feature_share: float = 0.3
    share: float = 0.5
    families: tuple[str, ...] = ("words", "cues", "place")
    seed: int = 0

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)


def build_pipeline(config: PipelineConfig | None = None, *, jobs: int = -1) -> StackedScorer:
    """The unfitted model: documents in, one probability a sentence and label out.

    Parameters
    ----------
    config : PipelineConfig, optional
    jobs : int
        Threads and processes used to fit; -1 for all cores. It doesn't change the model.

    Raises
    ------
    ValueError
        If a feature family is unknown, or none is named.
    """
    config = config or PipelineConfig()
    families = {
        "words": WordNgrams(longest=config.longest_ngram, min_sentences=config.min_sentences),
        "cues": CueFeatures(weight=config.cue_weight),
        "place": PlaceFeatures(),
    }
    unknown = set(config.families) - set(families)
    if unknown or not config.families:
        raise ValueError(f"feature families must be some of {sorted(families)}, not {sorted(config.families)}")
    sentence = Pipeline(
        [
            ("features", FeatureUnion([(name, families[name]) for name in config.families])),
            ("labels", LinearLabelScorer(strength=config.strength, keep_above=config.keep_above, jobs=jobs)),
        ]
    )
    return StackedScorer(
        sentence=sentence,
        context=ContextFeatures(),
        final=BoostedLabelScorer(
            rounds=config.rounds,
            rate=config.rate,
            leaves=config.leaves,
            feature_share=config.feature_share,
            jobs=jobs,
            random_state=config.seed,
        ),
        share=config.share,
        random_state=config.seed,
    )
