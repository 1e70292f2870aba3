"""Cue lists: their small language, and that every list of the product compiles."""

from __future__ import annotations

import re

import pytest

from classifier.document import Document
from classifier.features.cues import cue_lists, expand, forms, normalise
from classifier.features.reader import Reader


class TestExpand:
    @pytest.mark.parametrize(
        ("phrase", "expected"),
        [
            ("plain words", ["plain words"]),
            ("{may,might} help", ["may help", "might help"]),
            ("help{,s}", ["help", "helps"]),
            ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
            ("cur{e{,s,d},ing} it", ["cure it", "cures it", "cured it", "curing it"]),
            ("{in {mice,rats},{in,} vitro}", ["in mice", "in rats", "in vitro", " vitro"]),
            ("{1,000,two}", ["1,000", "two"]),
            ("{10,000,000,two}", ["10,000,000", "two"]),
            ("{one,2,000 people}", ["one", "2,000 people"]),
            ("a, b", ["a, b"]),
        ],
    )
    def test_all_readings_in_order(self, phrase: str, expected: list[str]) -> None:
        assert expand(phrase) == expected

    @pytest.mark.parametrize("phrase", ["{a,b", "a}", "{a,{b}", "{a}}", "}{"])
    def test_braces_that_do_not_match_are_refused(self, phrase: str) -> None:
        with pytest.raises(ValueError, match=r"braces don't match in '[^']*[{}]"):
            expand(phrase)


class TestNormalise:
    @pytest.mark.parametrize(
        ("norm", "expected"),
        [("7", "#"), ("3.5", "#"), ("1,000", "#"), ("50mg", "#mg"), ("covid-19", "covid-#"), ("1.", "#."), ("x", "x")],
    )
    def test_numbers_are_folded(self, norm: str, expected: str) -> None:
        assert normalise(norm) == expected


class TestWholePercentages:
    @pytest.mark.parametrize(
        ("phrase", "expected"),
        [
            ("# %", ["# %", "100 %"]),
            ("# percent of", ["# percent of", "100 percent of"]),
            ("in # per cent", ["in # per cent", "in 100 per cent"]),
            ("from # % to # %", ["from # % to # %", "from 100 % to # %", "from # % to 100 %", "from 100 % to 100 %"]),
            ("# people", ["# people"]),
            ("## %", ["## %"]),
            ("# %d", ["# %d"]),
        ],
    )
    def test_phrases_match_them_as_any_percentage(self, phrase: str, expected: list[str]) -> None:
        assert forms(phrase) == expected

    @pytest.mark.parametrize("sign", ["%", " %", " percent", " per cent"])
    def test_their_number_is_not_folded(self, sign: str) -> None:
        (whole,) = Reader().read([Document(f"It cured 100{sign} of 100 patients.")])[0].sentences
        (part,) = Reader().read([Document(f"It cured 52{sign} of 100 patients.")])[0].sentences
        assert whole.tokens == tuple("100" if place == 2 else token for place, token in enumerate(part.tokens))
        assert whole.tokens.count("#") == 1
        absolute = list(cue_lists()).index("absolute")
        assert absolute in {cue for cue, _, _ in whole.cues}
        assert absolute not in {cue for cue, _, _ in part.cues}
        assert {cue for cue, _, _ in part.cues} <= {cue for cue, _, _ in whole.cues}

    @pytest.mark.parametrize(
        "text", ["It cured 100 patients.", "1 in 100 per year", "100", "About 100 per million", "1,100% more"]
    )
    def test_other_hundreds_are_folded(self, text: str) -> None:
        (sentence,) = Reader().read([Document(text)])[0].sentences
        assert "100" not in sentence.tokens


class TestLists:
    def test_no_list_is_empty_and_no_phrase_stands_twice(self) -> None:
        assert len(cue_lists()) > 20
        for name, phrases in cue_lists().items():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
            assert phrases, name
            assert len(set(phrases)) == len(phrases), name

    def test_phrases_are_clean_lower_case(self) -> None:
        for name, phrases in cue_lists().items():
            for phrase in phrases:
                assert phrase == " ".join(phrase.split()) != "", name
                assert not re.search(r"[{}A-Z]", phrase), (name, phrase)

    def test_names_are_unique_over_all_files(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Twice:
            """Two files that hold the same list."""

            def joinpath(self, _: str) -> Twice:
                return self

            def iterdir(self) -> list[File]:
                return [File("a.toml", 'hype = ["wow"]'), File("b.toml", 'hype = ["gosh"]')]

        cue_lists.cache_clear()
        monkeypatch.setattr("classifier.features.cues.resources.files", lambda _: Twice())
        with pytest.raises(ValueError, match=r"b\.toml: cue list 'hype' is empty or stands in two files"):
            cue_lists()
        monkeypatch.undo()
        cue_lists.cache_clear()
        assert len(cue_lists()) > 20

    def test_every_phrase_is_found_in_a_text_that_is_that_phrase(self, own_reader: Reader) -> None:
        names = tuple(cue_lists())
        missed = []
        for number, phrases in enumerate(cue_lists().values()):
            texts = [phrase.replace(" n't", "n't").replace("#", "42") for phrase in phrases]
            read = own_reader.read([Document(f"so {text} so") for text in texts])
            missed += [
                (names[number], text)
                for text, document in zip(texts, read, strict=True)
                if not document.cue_counts[:, number].any()
            ]
        assert missed == []


class File:
    """A file as ``importlib.resources`` shows it."""

    def __init__(self, name: str, content: str) -> None:
        self.name = name
        self._content = content

    def read_text(self, encoding: str) -> str:
        assert encoding == "utf-8"
        return self._content


@pytest.fixture(scope="module")
def own_reader() -> Reader:
    return Reader()
