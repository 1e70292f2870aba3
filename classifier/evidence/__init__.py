"""What the article's evidence is, found and shown: design, stage, size, comparison, figures, harms, limits, voices."""

from classifier.evidence.find import find_evidence
from classifier.evidence.kinds import KINDS, Evidence
from classifier.evidence.summary import EvidenceSummary, summarise

__all__ = ["KINDS", "Evidence", "EvidenceSummary", "find_evidence", "summarise"]
