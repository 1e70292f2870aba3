"""Where sentences begin and end in news copy: one example a rule, beside one that the rule must leave alone."""

from __future__ import annotations

import time

import pytest

from classifier import segmentation
from classifier.document import Document
from classifier.recent import Recent
from classifier.segmentation import MAX_HEADLINE_CHARS, MAX_SENTENCE_CHARS, split


def cut(text: str, title: str | None = None) -> list[str]:
    """The sentences' words."""
    document = Document(text, title)
    return [document.slice(sentence.span) for sentence in split(document)]


def kinds(text: str, title: str | None = None) -> list[str]:
    return [sentence.kind for sentence in split(Document(text, title))]


class TestHeadline:
    def test_a_first_line_before_a_blank_line(self) -> None:
        assert cut("Pill works. Really\n\nIt was tried.") == ["Pill works. Really", "It was tried."]
        assert kinds("Pill works. Really\n\nIt was tried.") == ["headline", "body"]

    def test_no_blank_line_no_headline(self) -> None:
        assert "headline" not in kinds("Pill works\nIt was tried.")

    def test_a_text_of_one_paragraph_has_none(self) -> None:
        assert "headline" not in kinds("Pill works")

    def test_a_paragraph_is_too_long_for_one(self) -> None:
        assert kinds("a" * MAX_HEADLINE_CHARS + "\n\nBody text here.")[0] == "headline"
        assert "headline" not in kinds("a" * (MAX_HEADLINE_CHARS + 1) + "\n\nBody text here.")

    def test_a_title_apart_takes_its_place(self) -> None:
        document = Document("First line\n\nIt was tried.", "The title. Truly")
        found = split(document)
        assert [sentence.span.field for sentence in found] == ["title", "text", "text"]
        assert [sentence.kind for sentence in found] == ["headline", "heading", "body"]
        assert document.slice(found[0].span) == "The title. Truly"
        assert [sentence.paragraph for sentence in found] == [0, 1, 2]

    @pytest.mark.parametrize("title", ["", "  ", "\n"])
    def test_a_blank_title_is_none(self, title: str) -> None:
        assert kinds("First line\n\nIt was tried.", title) == ["headline", "body"]


class TestFullStops:
    @pytest.mark.parametrize(
        "sentence",
        [
            "The work of Dr. Smith and Prof. Jones was praised.",
            "Smith et al. Reported it first in the journal.",
            "It fell by 3.5 per cent, vs. Placebo at 1.2 per cent.",
            "J. R. Smith and Mary K. Jones wrote it.",
            "The U.S. Food and Drug Administration agreed.",
            "It grew (e.g. Fig. 3) in St. Louis.",
            "Many drugs, i.e. Statins, were tried.",
            "He waited … and then it was over.",
            "The firm, Pfizer Inc. Said so.",
            "It was No. 7 on the list.",
            "She has a Ph.D. in chemistry.",
            "“Is it safe?” asked nobody at all.",
            "At 9 a.m. it began.",
        ],
    )
    def test_these_are_one_sentence(self, sentence: str) -> None:
        assert cut(sentence) == [sentence]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("She saw the doctor.", "Smith agreed."),
            ("It cost 3.5 million.", "The firm paid."),
            ("He lives in the U.S.", "The rest live elsewhere."),
            ("They met at 9 a.m.", "The trial began."),
            ("Will it work?", "Nobody knows."),
            ("It works!", "So they say."),
            ("“It works.”", "He smiled."),
            ("It works (mostly).", "He smiled."),
            ("It was shown.[12]", "He smiled."),
            ("They had vitamin D.", "The others had none."),
            ("Is there a risk? No.", ""),
            ("They said no.", "Others said yes."),
            ("It was 5 mg.", "The dose was doubled."),
            ("He waited…", "It came."),
            ("He waited...", "It came."),
            ("It was over.", "“I feel fine,” she said."),
            ("It was over.", "50 people went home."),
        ],
    )
    def test_these_are_two(self, first: str, second: str) -> None:
        expected = [first, second] if second else ["Is there a risk?", "No."]
        assert cut(f"{first} {second}".strip()) == expected

    def test_a_sentence_glued_to_the_next_is_parted(self) -> None:
        assert cut("The trial worked.The firm was glad.") == ["The trial worked.", "The firm was glad."]

    @pytest.mark.parametrize("words", ["Version 2.Beta is out", "The U.S.Army paid", "see site.com now", "No.One ran"])
    def test_a_full_stop_inside_a_name_is_not(self, words: str) -> None:
        assert cut(words) == [words]

    def test_a_lower_case_word_goes_on(self) -> None:
        assert cut("It was approx. half.") == ["It was approx. half."]
        assert cut("“Stop!” she cried. Then left.") == ["“Stop!” she cried.", "Then left."]


class TestLines:
    def test_bullets_lose_their_marks(self) -> None:
        text = "It does this:\n\n• cures colds\n- stops pain\n1. ends naps\n(b) lifts mood\n* and more"
        assert cut(text)[1:] == ["cures colds", "stops pain", "ends naps", "lifts mood", "and more"]
        assert kinds(text)[1:] == ["bullet"] * 5

    def test_bullets_in_one_line(self) -> None:
        assert cut("It helps: • with pain • with sleep") == ["It helps:", "with pain", "with sleep"]

    def test_a_number_that_is_no_bullet_stays(self) -> None:
        assert cut("Intro.\n\n50 people took part.")[1] == "50 people took part."
        assert cut("Intro.\n\n3.5 million people have it.")[1] == "3.5 million people have it."

    def test_a_short_line_without_a_full_stop_is_a_heading(self) -> None:
        assert kinds("Head\n\nFirst.\n\nHow it was done\n\nThey asked.") == ["headline", "body", "heading", "body"]

    def test_a_line_with_one_is_not(self) -> None:
        assert kinds("Head\n\nFirst.\n\nIt was done.\n\nThey asked.") == ["headline", "body", "body", "body"]

    def test_a_wrapped_line_is_joined(self) -> None:
        text = "Head\n\nThis sentence was wrapped by an editor at a\nwidth that somebody chose. It ends here."
        assert cut(text)[1:] == [
            "This sentence was wrapped by an editor at a\nwidth that somebody chose.",
            "It ends here.",
        ]

    def test_short_lines_are_not(self) -> None:
        assert cut("Head\n\nRed wine\nDark chocolate") == ["Head", "Red wine", "Dark chocolate"]

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b"])
    def test_every_line_break_is_one(self, newline: str) -> None:
        text = f"Head{newline}{newline}One is here.{newline}{newline}Two are here. Three are here.{newline}"
        assert cut(text) == ["Head", "One is here.", "Two are here.", "Three are here."]
        assert [sentence.paragraph for sentence in split(Document(text))] == [0, 1, 2, 2]

    def test_one_windows_line_break_is_not_a_blank_line(self) -> None:
        assert "headline" not in kinds("Pill works\r\nIt was tried.\r\n")
        wrapped = "This sentence was wrapped by an editor at a\r\nwidth that somebody chose."
        assert cut(wrapped) == [wrapped]

    def test_a_blank_line_with_spaces_is_blank(self) -> None:
        assert kinds("Head\n \t\nIt is here.") == ["headline", "body"]

    def test_tags_are_white_space(self) -> None:
        text = "<h1>Head</h1><p>One <b>is</b> here. Two are.</p><p>Three.</p>"
        assert cut(text) == ["Head", "One <b>is</b> here.", "Two are.", "Three."]

    def test_markup_alone_gives_one_sentence(self) -> None:
        assert cut(" <br><br> ") == ["<br><br>"]


class TestSize:
    @pytest.mark.parametrize(
        "text",
        ["word " * 100_000, "a" * 500_000, "word, " * 80_000],
        ids=["words", "one word", "commas"],
    )
    def test_a_line_without_a_full_stop_is_cut(self, text: str) -> None:
        found = cut(text)
        assert max(map(len, found)) <= MAX_SENTENCE_CHARS
        assert "".join("".join(found).split()) == "".join(text.split())

    def test_it_is_cut_between_words(self) -> None:
        assert {word for sentence in cut("word " * 2000) for word in sentence.split()} == {"word"}

    def test_a_sentence_that_fits_is_whole(self) -> None:
        assert len(cut("word " * (MAX_SENTENCE_CHARS // 5))) == 1

    @pytest.mark.parametrize(
        "text",
        [
            *("." * 500_000, "!?" * 250_000, '"' * 500_000, ".)" * 250_000, "x.[1" * 120_000, "-" * 500_000),
            *(" •" * 250_000, "a. " * 160_000, "abc.Ab" * 80_000, ("word " * 10 + "\n") * 10_000, "\r\n \t" * 120_000),
        ],
        ids=lambda text: repr(text[:6]),
    )
    def test_time_is_linear(self, text: str) -> None:
        started = time.perf_counter()
        assert split(Document(f"x {text}"))
        assert time.perf_counter() - started < 6


class TestRemembering:
    """Paragraphs are remembered with their sentences' places."""

    @pytest.fixture(autouse=True)
    def nothing_remembered(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(segmentation, "_RECENT", Recent(10_000))

    @pytest.mark.parametrize(
        ("before", "text", "last"),
        [
            ("Ab cd.\n\nOne ok.", "Ab. Cd.\n\nOne ok.", (9, 2, 1)),  # moved
            ("Abc cd.\n\nOne ok.", "Ab. Cd.\n\nOne ok.", (9, 2, 1)),  # one more sentence before it
            ("Ab. Cd.\n\nOne ok.", "Ab.\nCd.\n\nOne ok.", (9, 2, 2)),  # one more paragraph before it
        ],
    )
    def test_what_stands_elsewhere_now_is_placed_anew(self, before: str, text: str, last: tuple[int, int, int]) -> None:
        split(Document(before, "Title"))
        found = split(Document(text, "Title"))[-1]
        assert (found.span.start, found.index - 1, found.paragraph - 1) == last

    def test_what_stays_is_the_same_object(self) -> None:
        # A paragraph is read with the beginning of the next.
        first, second = (
            split(Document(f"Ab cd. Ef gh.\n\n{'word ' * 40}\n\n{end}", "Title")) for end in ("It may.", "It might.")
        )
        assert second[1] is first[1]
        assert second[2] is first[2]
        assert second[4] != first[4]

    def test_there_are_never_more_than_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = "Ab cd. Ef gh.\n\nIj kl. Mn op. Qr st.\n\nUv wx."
        everything = split(Document(text, "Title"))
        assert len(everything) == 7
        for most in range(1, 8):
            monkeypatch.setattr(segmentation, "MAX_SENTENCES", most)
            assert split(Document(text, "Title")) == everything[:most]

    def test_versions_of_a_paragraph_make_room_for_each_other(self) -> None:
        for number in range(100):
            split(Document(f"It has {number} sides. " * 20, "Title"))
        # 420 characters and 20 sentences each.
        assert 3 <= len(segmentation._RECENT) <= 4
