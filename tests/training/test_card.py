"""The model card: every table and picture, and nothing where there is no figure."""

from __future__ import annotations

import re

from small_evaluation import MANIFEST, SAFE, measures

from classifier.labels import LABEL_IDS, labels
from classifier.training.card import card_text
from classifier.training.plots import PICTURES


def rows(text: str, start: str) -> list[list[str]]:
    """Cells of the table after a line that starts so."""
    after = text[text.index(f"\n{start}") + 1 :]
    found: list[list[str]] = []
    for line in after.splitlines()[1:]:
        if line.startswith("|"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
        elif found:
            break
    return [found[0], *found[2:]]


TEXT = card_text(MANIFEST, measures(), PICTURES)


def test_each_table_is_whole() -> None:
    for block in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        widths = {line.count("|") for line in block.splitlines()}
        assert len(widths) == 1, block


def test_each_picture_tells_its_content_in_words() -> None:
    shown = dict(re.findall(r"^!\[(.+)\]\((.+)\)$", TEXT, re.MULTILINE))
    assert tuple(shown.values()) == PICTURES
    assert all(len(alt) > 40 and alt.endswith(".") for alt in shown)
    (learning,) = [alt for alt, name in shown.items() if name == "learning-curve.png"]
    assert "from 0.31 with 158 articles to 0.40 with 1266" in learning


def test_only_pictures_that_are_there_are_shown() -> None:
    assert re.findall(r"\]\((.+)\)", card_text(MANIFEST, measures(), ["ablation.png"])) == ["ablation.png"]
    text = card_text(MANIFEST, measures())
    assert "](" not in text
    assert "no pictures" not in text


def test_labels_in_each_mode() -> None:
    for mode in ("strict", "balanced", "sensitive"):
        found = rows(TEXT, f"Mode {mode}:")
        assert [row[0] for row in found[1:]] == [labels()[label].title for label in LABEL_IDS]
        assert found[1][:3] == ["Overstated efficacy", "10", "8"]
        assert found[1][3:] == ["0.500 (0.30–0.60)", "0.400 (0.30–0.60)", "0.440 (0.30–0.60)"]


def test_a_rate_that_nothing_is_known_of_is_a_dash() -> None:
    unknown = measures()
    unknown["dev"]["modes"]["strict"]["intervals"] = {
        label: {"precision": None, "recall": [0.1, 0.2], "f1": [0.1, 0.2]} for label in LABEL_IDS
    }
    assert rows(card_text(MANIFEST, unknown), "Mode strict:")[1][3:5] == ["–", "0.400 (0.10–0.20)"]
    assert f"| {labels()[SAFE].title} | 10 | – | 0.004 |" in TEXT


def test_confusion() -> None:
    found = rows(TEXT, "Which labels are taken for which")
    assert found[0] == ["gold", *(str(n + 1) for n in range(12)), "none"]
    assert found[2] == ["2 Cause claimed from a link", "", "7", "2", "3", "4", "", "1", "2", "3", "4", "", "1", "2"]


def test_baselines() -> None:
    found = rows(TEXT, "Simpler methods on the same articles")
    assert found[1][0] == "61 words of hype, for “Sensational language” alone"
    assert found[1][4:] == ["–", "-0.010 (-0.050 to +0.030)", "–"]
    assert found[2][4:] == ["0.300 (0.20–0.40)", "+0.100 (+0.060 to +0.140)", "+0.130 (+0.090 to +0.170)"]
    assert "Left out: MiniLM sentence embeddings, frozen, since the package sentence_transformers isn't" in TEXT


def test_learning_curve_and_ablation() -> None:
    assert rows(TEXT, "With fewer articles")[1] == ["158", "0.125", "0.312 (0.27–0.35)", "0.406 (0.37–0.45)"]
    found = rows(TEXT, "Without one feature family")
    assert [row[0] for row in found[1:]] == [
        "all",
        *(f"without {name}" for name in ("words", "cues", "place", "evidence")),
    ]
    assert found[3][2] == "-0.040 (-0.080 to +0.000)"


def test_what_wasn_t_measured_isn_t_there() -> None:
    left = {name: measures()[name] for name in ("cross_validation", "criteria")}
    text = card_text(MANIFEST, left, ())
    assert "Cross-validation over 1380 training articles" in text
    for words in ("Held-out", "Simpler methods", "With fewer", "Without one", "](", "Mode "):
        assert words not in text
