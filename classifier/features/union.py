"""Feature families side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scipy import sparse
from sklearn.pipeline import FeatureUnion

from classifier.features.reader import ParsedDocument


class FamilyUnion(FeatureUnion):  # type: ignore[misc]
    """scikit-learn's union, transforming in the calling thread.

    Its own ``transform`` goes through joblib even for one job, and that resets and restores the process's warning
    filters: a service whose threads do so at the same time prints warnings, or raises them.
    """

    def transform(self, X: Sequence[ParsedDocument], **params: Any) -> sparse.csr_matrix:  # noqa: N803
        """Columns of all families in their order, float32, shape (n_sentences, n_features)."""
        return sparse.hstack([family.transform(X) for _, family in self.transformer_list]).tocsr()
