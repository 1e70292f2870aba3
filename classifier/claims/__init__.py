"""How strong a sentence's claim is: none, correlational, conditional or causal."""

from classifier.claims.model import STRENGTHS, ClaimStrength

__all__ = ["STRENGTHS", "ClaimStrength"]
