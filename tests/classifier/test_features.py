"""Feature families of a sentence: their shapes, names and known values."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from test_reader import read

from classifier.features.place import PLACE_NAMES, PlaceFeatures, place_features
from classifier.features.scopes import column_names
from classifier.features.sentence import ClassFeatures, ClassGrams, CueFeatures, WordNgrams, word_ngrams
from classifier.features.word_classes import class_grams, word_classes

ONE = read("Miracle jab\n\nIt cures 3 in 4 people. It is a miracle, a miracle, a miracle, a miracle.")
TWO = read("“Is it safe?”\n\n“Who knows?” It costs $5, or 10%.\n\n• cures colds")


class TestNgrams:
    def test_edges_are_words_of_the_longer_ones(self) -> None:
        (sentence,) = read("It cures colds").sentences
        assert word_ngrams(sentence, 2) == [
            *("it", "cures", "colds", "<s> it", "it cures", "cures colds", "colds </s>"),
        ]
        assert "it cures colds" in word_ngrams(sentence, 3)
        assert word_ngrams(sentence, 1) == ["it", "cures", "colds"]

    def test_rows_are_sentences_of_unit_length(self) -> None:
        rows = WordNgrams(longest=2, min_sentences=1).fit([ONE, TWO]).transform([ONE, TWO])
        assert rows.shape[0] == len(ONE.sentences) + len(TWO.sentences)
        assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)), 1)
        assert rows.dtype == np.float32

    def test_rare_ngrams_are_left_out(self) -> None:
        all_of_them = WordNgrams(longest=1, min_sentences=1).fit([ONE, TWO]).vocabulary_
        frequent = WordNgrams(longest=1, min_sentences=2).fit([ONE, TWO]).vocabulary_
        assert "jab" in all_of_them
        assert "jab" not in frequent
        assert "it" in frequent

    def test_unknown_words_give_an_empty_row(self) -> None:
        rows = WordNgrams(longest=1, min_sentences=1).fit([ONE]).transform([read("Zorbulate quindlish")])
        assert rows.nnz == 0
        assert rows.shape[0] == 1

    @pytest.mark.parametrize("settings", [{"longest": 0}, {"min_sentences": 0}])
    def test_settings_out_of_range_are_refused(self, settings: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="longest and min_sentences must be at least 1"):
            WordNgrams(**settings).fit([ONE])


class TestCueFeatures:
    def column(self, name: str) -> int:
        return column_names().index(name)

    def test_a_match_and_its_count_up_to_three(self) -> None:
        rows = CueFeatures(weight=1.0).fit([ONE]).transform([ONE]).toarray()
        assert rows.shape == (3, 2 * len(column_names()))
        hype = self.column("hype_noun")
        assert rows[:, hype].tolist() == [1, 0, 1]
        assert rows[:, len(column_names()) + hype] == pytest.approx([1 / 3, 0, 1])

    def test_the_weight_scales_them(self) -> None:
        plain = CueFeatures(weight=1.0).fit([ONE]).transform([ONE]).toarray()
        assert np.array_equal(CueFeatures(weight=0.5).fit([ONE]).transform([ONE]).toarray(), plain / 2)

    @pytest.mark.parametrize("weight", [0, -1, float("nan")])
    def test_a_weight_that_is_not_above_0_is_refused(self, weight: float) -> None:
        with pytest.raises(ValueError, match="weight must be above 0"):
            CueFeatures(weight=weight).fit([ONE])


class TestClassGrams:
    def test_the_vocabulary_is_that_of_the_sentences(self) -> None:
        fitted = ClassGrams(longest=3, min_sentences=1).fit([ONE, TWO])
        grams = {
            gram for document in (ONE, TWO) for sentence in document.sentences for gram in class_grams(sentence, 3)
        }
        assert set(fitted.vocabulary_) == grams
        assert any(">" in gram for gram in grams)

    def test_rows_are_sentences_of_unit_length(self) -> None:
        rows = ClassGrams(min_sentences=1).fit([ONE, TWO]).transform([ONE, TWO])
        assert rows.shape[0] == len(ONE.sentences) + len(TWO.sentences)
        assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)), 1)
        assert rows.dtype == np.float32

    def test_sentences_that_differ_in_their_things_only_are_alike(self) -> None:
        pills = read("The pill eases pain. The vaccine eases pain. Aspirin eases pain. Zorbulate the quindlish.")
        rows = ClassGrams(min_sentences=1).fit([pills]).transform([pills]).toarray()
        assert np.array_equal(rows[0], rows[2])
        assert 0 < rows[0] @ rows[1] < 1
        assert rows[0] @ rows[3] < rows[0] @ rows[1]

    def test_rare_grams_are_left_out(self) -> None:
        pills = read("The pill eases pain. Aspirin eases pain. Mice sleep.")
        assert "ANIMAL" in ClassGrams(min_sentences=1).fit([pills]).vocabulary_
        frequent = ClassGrams(min_sentences=2).fit([pills]).vocabulary_
        assert "ANIMAL" not in frequent
        assert "DRUG>BENEFIT_S" in frequent

    @pytest.mark.parametrize("settings", [{"longest": 0}, {"min_sentences": 0}])
    def test_settings_out_of_range_are_refused(self, settings: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="longest and min_sentences must be at least 1"):
            ClassGrams(**settings).fit([ONE])


class TestClassFeatures:
    pills = read("The pill eases pain. The pill, the pill, the pill. Zorbulate the quindlish.")

    def test_a_class_is_there_or_not(self) -> None:
        rows = ClassFeatures(weight=1.0).fit([self.pills]).transform([self.pills])
        assert rows.dtype == np.float32
        found = dict(zip(word_classes(), rows.toarray().T.tolist(), strict=True))
        assert {name: column for name, column in found.items() if any(column)} == {
            "drug": [1, 1, 0],
            "benefit_s": [1, 0, 0],
            "outcome": [1, 0, 0],
        }

    def test_counts_are_of_matches(self) -> None:
        counts = dict(zip(word_classes(), self.pills.class_counts.T.tolist(), strict=True))
        # "The pill" and "pill" are entries both.
        assert counts["drug"] == [2, 6, 0]
        assert counts["outcome"] == [1, 0, 0]

    def test_the_weight_scales_them(self) -> None:
        plain = ClassFeatures(weight=1.0).fit([ONE]).transform([ONE]).toarray()
        assert plain.any()
        assert np.array_equal(ClassFeatures(weight=0.5).fit([ONE]).transform([ONE]).toarray(), plain / 2)

    @pytest.mark.parametrize("weight", [0, -1, float("nan")])
    def test_a_weight_that_is_not_above_0_is_refused(self, weight: float) -> None:
        with pytest.raises(ValueError, match="weight must be above 0"):
            ClassFeatures(weight=weight).fit([ONE])


class TestPlace:
    def row(self, number: int) -> dict[str, float]:
        values = np.vstack([place_features(ONE), place_features(TWO)])[number]
        return dict(zip(PLACE_NAMES, map(float, values), strict=True))

    def test_the_headline(self) -> None:
        row = self.row(0)
        assert (row["headline"], row["depth"], row["very_short"], row["has_number"]) == (1, 0, 1, 0)

    def test_numbers(self) -> None:
        assert (self.row(1)["has_number"], self.row(1)["many_numbers"], self.row(1)["first_body"]) == (1, 0, 1)
        assert (self.row(2)["has_number"], self.row(2)["headline"]) == (0, 0)

    def test_quotes_questions_and_money(self) -> None:
        quote, money = self.row(4), self.row(5)
        assert (quote["has_quote"], quote["starts_with_quote"], quote["has_question"]) == (1, 1, 1)
        assert (quote["has_money"], quote["has_percent"]) == (0, 0)
        assert (money["has_money"], money["has_percent"], money["has_quote"]) == (1, 1, 0)

    def test_a_bullet(self) -> None:
        assert (self.row(6)["bullet"], self.row(5)["bullet"]) == (1, 0)

    def test_values_are_in_the_unit_range(self) -> None:
        long = read("Head\n\n" + "word " * 200 + "1 2 3 4.")
        values = PlaceFeatures().fit([long]).transform([long, ONE]).toarray()
        assert values.shape[1] == len(PLACE_NAMES)
        assert values.min() >= 0
        assert values.max() <= 1


Family = WordNgrams | CueFeatures | PlaceFeatures | ClassGrams | ClassFeatures
FAMILIES = [WordNgrams(), CueFeatures(), PlaceFeatures(), ClassGrams(), ClassFeatures()]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: type(family).__name__)
class TestEach:
    def test_it_must_be_fitted_first(self, family: Family) -> None:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            clone(family).transform([ONE])

    def test_a_batch_gives_the_rows_of_its_documents(self, family: Family) -> None:
        fitted = clone(family).fit([ONE, TWO] * 4)
        assert fitted.transform([ONE, TWO]).nnz > 0
        alone = np.vstack([fitted.transform([document]).toarray() for document in (ONE, TWO)])
        assert np.array_equal(fitted.transform([ONE, TWO]).toarray(), alone)
