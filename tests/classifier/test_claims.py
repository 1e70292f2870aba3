"""How strong a claim is: features that see it, and a small model that learns it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cache
from unittest.mock import ANY

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from classifier.claims import STRENGTHS, ClaimStrength
from classifier.claims.features import BITS, KINDS, claim_features
from classifier.claims.words import word_classes, word_numbers
from classifier.document import Document
from classifier.features.reader import shared_reader
from classifier.features.reading import ParsedSentence

NONE = (
    "The study was published in a journal of cardiology on Tuesday.",
    "Researchers examined the records of 400 patients in two hospitals.",
    "More research is needed, the authors said.",
    "About one in ten adults has asthma.",
    "The trial was funded by a foundation.",
    "Doctors should ask every patient about sleep.",
    "The team surveyed 900 nurses about their work.",
    "Little is known about the illness.",
    "The researchers aimed to find out who takes the tablets.",
    "The findings were presented at the annual meeting.",
)
CORRELATIONAL = (
    "Poor sleep is associated with a higher risk of stroke.",
    "Coffee drinkers were less likely to develop gout than others, a study found.",
    "Long commutes are linked to weight gain.",
    "Women who walked daily had lower rates of depression.",
    "Loneliness was associated with memory decline in the study.",
    "Smokers are twice as likely to lose teeth, according to researchers.",
    "A high resting pulse predicts early death.",
    "Noise was linked to higher blood pressure.",
    "Men with gum disease had a greater risk of falls than those without.",
    "Lower income is associated with worse hearing.",
)
CONDITIONAL = (
    "Olive oil may reduce the risk of stroke.",
    "A daily walk could prevent falls, researchers say.",
    "The tablets might improve memory in older adults.",
    "Loud music may cause hearing loss, a study suggests.",
    "Earlier school starts could harm sleep.",
    "The diet may help people with gout.",
    "Yoga might lower blood pressure.",
    "The vaccine could protect newborn children.",
    "Night shifts may increase the risk of diabetes.",
    "Green tea could slow memory decline.",
)
CAUSAL = (
    "Olive oil reduces the risk of stroke.",
    "The drug improved survival in patients with heart failure.",
    "A daily walk prevents falls, researchers found.",
    "Loud music causes hearing loss.",
    "The vaccine protects newborn children.",
    "Night shifts increase the risk of diabetes.",
    "The therapy was effective in patients with back pain.",
    "The surgery led to fewer infections.",
    "Yoga lowers blood pressure, a trial shows.",
    "The diet does not improve memory.",
)
BY_STRENGTH = dict(zip(STRENGTHS, (NONE, CORRELATIONAL, CONDITIONAL, CAUSAL), strict=True))
UNSEEN = {
    "Garlic may lower cholesterol, a study suggests.": "conditional",
    "The gel could help patients with burns.": "conditional",
    "Garlic lowers cholesterol.": "causal",
    "The drug reduces pain in children.": "causal",
    "Shift work was associated with a higher risk of ulcers.": "correlational",
    "People who eat late are more likely to gain weight than others.": "correlational",
    "The survey was published in a medical journal.": "none",
    "Researchers examined 80 patients in a hospital.": "none",
}


def parse(texts: Sequence[str]) -> list[ParsedSentence]:
    read = [document.sentences for document in shared_reader().read([Document(text) for text in texts])]
    assert all(len(sentences) == 1 for sentences in read)
    return [sentences[0] for sentences in read]


def labelled() -> tuple[list[ParsedSentence], list[int]]:
    texts = [text for sentences in BY_STRENGTH.values() for text in sentences]
    return parse(texts), [number for number, sentences in enumerate(BY_STRENGTH.values()) for _ in sentences]


@cache
def fitted() -> ClaimStrength:
    return ClaimStrength(strength=1.0).fit(*labelled())


def features(text: str) -> list[set[int]]:
    found = claim_features(parse([text]))
    return [set(found.numbers[found.kinds == kind].tolist()) for kind in range(KINDS)]


class TestFeatures:
    def test_word_order_matters(self) -> None:
        order = 4
        assert features("Tea may reduce pain.")[order] != features("Reduce tea, may pain.")[order]

    def test_words_of_a_class_are_alike(self) -> None:
        words, shapes = 0, 2
        first, second = features("Tea may reduce pain."), features("Tea could cut pain.")
        assert first[shapes] == second[shapes]
        assert first[words] != second[words]

    def test_a_guard_word_changes_what_is_told(self) -> None:
        telling, order = 3, 4
        guarded, plain = features("Tea may reduce pain."), features("Tea reduces pain.")
        assert not guarded[telling] <= plain[telling]
        assert guarded[order]
        assert not plain[order]  # one telling word stands in no order

    def test_no_feature_crosses_the_edge_of_a_sentence(self) -> None:
        texts = ["Tea may reduce pain.", "It was linked to gout."]
        both = claim_features(parse(texts))
        for row, text in enumerate(texts):
            alone = claim_features(parse([text]))
            assert both.numbers[both.rows == row].tolist() == alone.numbers.tolist()
            assert both.kinds[both.rows == row].tolist() == alone.kinds.tolist()

    def test_a_match_of_a_class_is_told_with_the_words_beside_it(self) -> None:
        matches = 8
        sentence = parse(["Tea may reduce pain."])[0]
        assert sentence.tokens == ("tea", "may", "reduce", "pain", ".")

        def told(match: tuple[int, int, int], tokens: tuple[str, ...] = sentence.tokens) -> list[int]:
            changed = sentence._replace(reading=replace(sentence.reading, tokens=tokens, classes=(match,)))
            found = claim_features([changed])
            return [int(value) for value in found.numbers[found.kinds == matches]]

        number, before, after, around, head = told((3, 2, 3))
        assert len({number, before, after, around, head}) == 5
        assert not {number, before, after, around, head} & set(told((4, 2, 3)))
        assert told((3, 2, 3), ("tea", "can", "reduce", "pain", ".")) == [number, ANY, after, ANY, ANY]
        assert told((3, 2, 3), ("tea", "may", "reduce", "risk", ".")) == [number, before, ANY, ANY, head]
        assert told((3, 2, 3), ("tea", "may", "cut", "pain", ".")) == [number, before, after, around, ANY]
        assert told((3, 2, 4)) == [number, before, ANY, ANY, head]  # a phrase ends later
        assert len(told((3, 0, 5))) == 5  # a whole sentence has edges beside it

    def test_sentences_without_matches_of_classes(self) -> None:
        bare = [sentence._replace(reading=replace(sentence.reading, classes=())) for sentence in parse(NONE)]
        assert 8 not in claim_features(bare).kinds
        assert fitted().predict_proba(bare).shape == (len(bare), 4)
        mixed = [bare[0], *parse(CAUSAL), bare[1]]
        together = fitted().predict_proba(mixed)
        assert together[-1].tobytes() == fitted().predict_proba(bare[1:2])[0].tobytes()

    def test_numbers_are_in_range(self) -> None:
        found = claim_features(parse(NONE))
        assert len(found.kinds) == len(found.rows) == len(found.numbers)
        assert set(found.kinds) == set(range(KINDS))
        assert found.numbers.min() >= 0
        assert found.numbers.max() < 2**BITS

    @pytest.mark.parametrize(
        ("word", "name"),
        [("may", "modal"), ("reduces", "causedown"), ("linked", "assoc"), ("risk", "risk"), ("not", "neg")],
    )
    def test_a_word_has_its_class(self, word: str, name: str) -> None:
        classes = word_classes()
        alike = {"modal": "could", "causedown": "lowers", "assoc": "associated", "risk": "odds", "neg": "never"}
        assert classes.of_word[word] == classes.of_word[alike[name]]

    @pytest.mark.parametrize("word", ["olive", "tuesday", "", "journalese"])
    def test_other_words_have_none(self, word: str) -> None:
        assert word not in word_classes().of_word

    def test_numbers_and_endings_shape_a_word(self) -> None:
        shapes = word_numbers(["#", "#.", "walking", "talking", "walked", "!"])[:, 4].tolist()
        assert shapes[2] == shapes[3]
        assert len(set(shapes)) == 4 + (shapes[0] != shapes[1])


class TestClaimStrength:
    @pytest.mark.parametrize(("text", "strength"), UNSEEN.items())
    def test_unseen_sentences(self, text: str, strength: str) -> None:
        assert STRENGTHS[int(fitted().predict(parse([text]))[0])] == strength

    @pytest.mark.parametrize(
        ("guarded", "plain"),
        [
            ("Salt may raise blood pressure.", "Salt raises blood pressure."),
            ("The cap could cure gout.", "The cap cured gout."),
        ],
    )
    def test_a_guarded_claim_is_less_causal(self, guarded: str, plain: str) -> None:
        scores = fitted().predict_proba(parse([guarded, plain]))
        causal, conditional = STRENGTHS.index("causal"), STRENGTHS.index("conditional")
        assert scores[0, conditional] > scores[1, conditional]
        assert scores[0, causal] < scores[1, causal]

    @settings(max_examples=30)
    @given(st.lists(st.sampled_from([*UNSEEN, *NONE, *CAUSAL]), min_size=1, max_size=40), st.data())
    def test_a_row_depends_on_its_own_sentence_only(self, texts: list[str], data: st.DataObject) -> None:
        sentences = parse(texts)
        place = data.draw(st.integers(0, len(texts) - 1))
        together, alone = fitted().predict_proba(sentences), fitted().predict_proba([sentences[place]])
        assert together[place].tobytes() == alone[0].tobytes()

    def test_probabilities(self) -> None:
        scores = fitted().predict_proba(parse([*UNSEEN]))
        assert scores.shape == (len(UNSEEN), 4)
        assert scores.dtype == np.float64
        assert scores.min() >= 0
        assert scores.sum(axis=1) == pytest.approx(np.ones(len(UNSEEN)))

    def test_no_sentences(self) -> None:
        assert fitted().predict_proba([]).shape == (0, 4)

    def test_only_the_largest_features_are_kept(self) -> None:
        model = ClaimStrength(most=50).fit(*labelled())
        assert model.weights_.shape == (50, 4)
        assert model.weights_.dtype == np.float32
        assert (np.diff(model.numbers_) > 0).all()

    def test_a_copy_and_a_second_fit_score_alike(self) -> None:
        sentences = parse([*UNSEEN])
        expected = fitted().predict_proba(sentences)
        assert (deepcopy(fitted()).predict_proba(sentences) == expected).all()
        assert (clone(fitted()).fit(*labelled()).predict_proba(sentences) == expected).all()

    def test_our_own_kind_of_text_counts_where_kinds_differ(self) -> None:
        sentences, y = labelled()
        other = parse(["The tablets work well in adults."] * 12)
        own = parse(["The tablets work well in adults."] * 3)
        model = ClaimStrength(strength=1.0, own_share=2.0)
        model.fit([*sentences, *own, *other], [*y, 3, 3, 3, *[0] * 12], [False] * (len(y) + 3) + [True] * 12)
        assert STRENGTHS[int(model.predict(own)[0])] == "causal"
        model.fit([*sentences, *own, *other], [*y, 3, 3, 3, *[0] * 12])
        assert STRENGTHS[int(model.predict(own)[0])] == "none"

    def test_it_must_be_fitted(self) -> None:
        with pytest.raises(NotFittedError):
            ClaimStrength().predict_proba(parse(NONE))

    @pytest.mark.parametrize(
        ("setting", "value", "why"),
        [
            ("strength", 0.0, "strength must be above 0"),
            ("foreign_weight", 1.5, r"foreign_weight in \(0, 1\]"),
            ("own_share", -1.0, "own_share must be at least 0"),
            ("least", 0, "least and most at least 1"),
            ("most", 0, "least and most at least 1"),
            ("least", 1000, "no feature stands in 1000 sentences"),
        ],
    )
    def test_settings_out_of_range(self, setting: str, value: float, why: str) -> None:
        with pytest.raises(ValueError, match=why):
            ClaimStrength().set_params(**{setting: value}).fit(*labelled())

    def test_targets_that_do_not_fit(self) -> None:
        sentences, y = labelled()
        with pytest.raises(ValueError, match="one value for each of the 40 sentences"):
            ClaimStrength().fit(sentences, y[:-1])
        with pytest.raises(ValueError, match="one value for each of the 40 sentences"):
            ClaimStrength().fit(sentences, y, [True])
        with pytest.raises(ValueError, match="whole numbers from 0 to 3 only"):
            ClaimStrength().fit(sentences, [*y[:-1], 4])
        with pytest.raises(ValueError, match="each strength must occur 3 times in our own kind"):
            ClaimStrength().fit(sentences, y, [label == 2 for label in y])
