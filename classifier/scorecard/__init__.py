"""The ten review criteria of a whole article."""

from classifier.scorecard.estimator import Scorecard

__all__ = ["Scorecard"]
