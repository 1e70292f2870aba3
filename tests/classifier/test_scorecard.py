"""The ten criteria: what is learnt, when a verdict is kept back, and which spans speak for a score."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import NotFittedError
from test_reader import read

from classifier.annotation import LabelledSpan
from classifier.document import Span
from classifier.features.reader import ParsedDocument
from classifier.labels import CRITERION_IDS, LABEL_IDS
from classifier.scorecard.article import article_grams, article_row, word_lists
from classifier.scorecard.estimator import Scorecard
from classifier.scorecard.forest import PackedForest
from classifier.scorecard.reasons import MOST, reason_table, reasons_for

ARTICLES = 60
NOTHING = dict.fromkeys(CRITERION_IDS)
HYPE = LABEL_IDS.index("sensational_language")
Table = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def scores(document: ParsedDocument, hype: float) -> Table:
    table = np.full((len(document.sentences), len(LABEL_IDS)), 0.02)
    table[:, HYPE] = hype
    return table


COSTLY = read(
    "A patch for sore knees\n\nThe patch costs $40 a month. It was tried in 120 patients. Walking got easier."
)
SILENT = read("A patch for sore knees\n\nThe patch is worn at night. It was tried in 120 patients. Walking got easier.")


def small(**settings: int) -> Scorecard:
    """Costs are met where they are told, language where there's no hype; harms at random; sources all met."""
    rng = np.random.default_rng(4)
    documents, given, verdicts = [], [], []
    for number in range(ARTICLES):
        costly, hyped = number % 2, number // 2 % 2
        documents.append(COSTLY if costly else SILENT)
        given.append(scores(documents[-1], rng.uniform(0.6, 0.9) if hyped else 0.05))
        verdicts.append(
            NOTHING
            | {"costs": costly, "language": 1 - hyped, "harms": int(rng.integers(2)), "sources": 1}
            | {"novelty": hyped if number < 39 else None}
        )
    return Scorecard(strength=0.01, trees=10, **settings).fit(documents, given, verdicts)


CARD = small()


def test_it_learns_what_can_be_learnt() -> None:
    assert CARD.knows_["costs"]
    assert CARD.knows_["language"]
    assert CARD.macro_f1_["costs"] > 0.95
    told, silent = CARD.judge(COSTLY, scores(COSTLY, 0.05)), CARD.judge(SILENT, scores(SILENT, 0.8))
    assert (told["costs"].verdict, told["language"].verdict) == ("satisfactory", "satisfactory")
    assert (silent["costs"].verdict, silent["language"].verdict) == ("not satisfactory", "not satisfactory")
    assert 0 <= silent["costs"].score < 0.4 < 0.6 < told["costs"].score <= 1


def test_what_can_not_be_learnt_gets_a_score_but_no_verdict() -> None:
    assert not CARD.knows_["harms"]
    assert CARD.judge(COSTLY, scores(COSTLY, 0.05))["harms"].verdict is None


def test_too_few_or_one_sided_verdicts_make_no_criterion() -> None:
    assert set(CARD.judge(COSTLY, scores(COSTLY, 0.05))) == {"costs", "harms", "language"}


def test_no_verdict_where_it_is_unsure() -> None:
    cards = [CARD.judge(SILENT, scores(SILENT, hype))["language"] for hype in np.linspace(0.01, 0.95, 150)]
    assert len({card.verdict for card in cards}) > 1
    assert all((card.verdict is None) == (abs(card.score - 0.5) < 0.1) for card in cards)


def test_the_same_seed_gives_the_same_and_a_pickle_judges_alike() -> None:
    again, copied = small(), pickle.loads(pickle.dumps(CARD))  # noqa: S301
    want = CARD.judge(COSTLY, scores(COSTLY, 0.4))
    assert again.judge(COSTLY, scores(COSTLY, 0.4)) == want
    assert copied.judge(COSTLY, scores(COSTLY, 0.4)) == want
    assert again.macro_f1_ == CARD.macro_f1_


def test_a_clone_keeps_the_settings_and_forgets_the_fit() -> None:
    fresh = clone(CARD)
    assert fresh.get_params() == CARD.get_params()
    with pytest.raises(NotFittedError, match="not fitted yet"):
        fresh.judge(COSTLY, scores(COSTLY, 0.1))


def test_one_verdict_an_article_and_usable_settings_are_needed() -> None:
    with pytest.raises(ValueError, match="1 articles, 1 scores, but 2 verdicts"):
        Scorecard().fit([COSTLY], [scores(COSTLY, 0.1)], [NOTHING, NOTHING])
    with pytest.raises(ValueError, match="above 0"):
        Scorecard(trees=0).fit([COSTLY], [scores(COSTLY, 0.1)], [NOTHING])


def test_features_are_of_one_length_and_finite_for_any_article() -> None:
    lone = read("Hello")
    row = article_row(lone, scores(lone, 0.0))
    assert row.shape == article_row(COSTLY, scores(COSTLY, 1.0)).shape
    assert np.isfinite(row).all()
    assert not np.array_equal(article_row(COSTLY, scores(COSTLY, 0.1)), article_row(SILENT, scores(SILENT, 0.1)))


def test_features_need_one_row_of_scores_a_sentence() -> None:
    with pytest.raises(ValueError, match="4 sentences but 1 rows"):
        article_row(COSTLY, scores(read("Hello"), 0.1))


def test_grams_stay_inside_their_sentence() -> None:
    assert article_grams(read("Cats purr. Dogs bark."))[0] == ["cats", "purr", ".", "cats purr", "purr ."]


def test_word_lists_are_lower_case_and_in_no_list_twice_under_one_name() -> None:
    assert len(word_lists()) > 40
    assert all(phrase == phrase.lower() for phrases in word_lists().values() for phrase in phrases)


def test_the_cost_is_the_reason_where_costs_are_met_and_nothing_where_they_are_not() -> None:
    told = CARD.judge(COSTLY, scores(COSTLY, 0.05))["costs"].because
    assert told
    assert all("$40" in COSTLY.document.slice(span) or "cost" in COSTLY.document.slice(span) for span in told)
    assert CARD.judge(SILENT, scores(SILENT, 0.05))["costs"].because == ()


def mark(start: int, label: str, score: float, document: ParsedDocument = SILENT) -> LabelledSpan:
    span = Span(start, start + 3)
    sentence = next(p.sentence.span for p in document.sentences if p.sentence.span.contains(span))
    return LabelledSpan("0" * 16, label, span, sentence, document.document.slice(span), score)


def test_marked_words_of_its_labels_are_the_reason_where_language_is_missed() -> None:
    flagged = [mark(start, "sensational_language", 0.9 - start / 100) for start in (0, 8, 12, 16)]
    flagged.append(mark(2, "sensational_language", 0.95))  # overlaps the first, and is surer
    flagged.append(mark(17, "causal_overreach", 0.99))
    because = reasons_for("language", False, SILENT.evidence, flagged)
    assert because == (Span(2, 5), Span(8, 11), Span(12, 15))
    assert len(because) == MOST


def test_marked_words_are_no_reason_where_the_criterion_is_met() -> None:
    assert reasons_for("language", True, SILENT.evidence, [mark(0, "sensational_language", 0.9)]) == ()


def test_judge_hands_marked_words_on() -> None:
    flagged = [mark(0, "sensational_language", 0.9)]
    card = CARD.judge(SILENT, scores(SILENT, 0.9), flagged)
    assert card["language"].because == (Span(0, 3),)
    assert card["costs"].because == ()


def test_other_work_is_no_reason() -> None:
    own = read("The drug costs $90 a month. A randomized trial of 300 patients ran for a year.")
    assert reasons_for("evidence", True, own.evidence, ())
    past = tuple(
        type(telling)(telling.kind, telling.value, telling.sentence, telling.span, True) for telling in own.evidence
    )
    assert reasons_for("evidence", True, past, ()) == ()


def test_every_criterion_has_its_reasons_listed() -> None:
    assert set(reason_table()) == set(CRITERION_IDS)


def test_packed_trees_say_what_the_forest_says() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(120, 9)).astype(np.float32)
    y = (x[:, 0] + x[:, 3] > 0).astype(int)
    forest = ExtraTreesClassifier(12, min_samples_leaf=3, class_weight="balanced", random_state=0).fit(x, y)
    packed = PackedForest.pack(forest.estimators_)
    assert np.allclose([packed.predict(row).mean() for row in x], forest.predict_proba(x)[:, 1], atol=2e-3)


def test_trees_of_three_classes_are_refused() -> None:
    x = np.arange(30, dtype=np.float32)[:, None]
    forest = ExtraTreesClassifier(2, random_state=0).fit(x, np.arange(30) % 3)
    with pytest.raises(ValueError, match="two classes"):
        PackedForest.pack(forest.estimators_)
