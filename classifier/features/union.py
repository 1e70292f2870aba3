"""Feature families side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from scipy import sparse
from sklearn.pipeline import FeatureUnion

from classifier.features.reader import ParsedDocument


class FamilyUnion(FeatureUnion):  # type: ignore[misc]
    """scikit-learn's union, transforming in the calling thread.

    Its own ``transform`` goes through joblib even for one job, and that resets and restores the process's warning
    filters: a service whose threads do so at the same time prints warnings, or raises them.

    Attributes
    ----------
    widths_ : tuple of int
        Columns of each family, in their order.

    Each family says by its ``by_place`` whether it looks at the sentence's place in the article, and gives its features
    as arrays by ``rows``.
    """

    def fit_transform(
        self,
        X: Sequence[ParsedDocument],  # noqa: N803
        y: Any = None,
        **params: Any,
    ) -> sparse.csr_matrix:
        """Fit each family, and give its columns as ``transform`` does."""
        parts = [family.fit(X, y).transform(X) for _, family in self.transformer_list]
        self.widths_ = tuple(part.shape[1] for part in parts)
        return _beside(parts)

    def fit(self, X: Sequence[ParsedDocument], y: Any = None, **params: Any) -> FamilyUnion:  # noqa: N803
        """Fit each family."""
        self.fit_transform(X, y)
        return self

    def transform(self, X: Sequence[ParsedDocument], **params: Any) -> sparse.csr_matrix:  # noqa: N803
        """Columns of all families in their order, float32, shape (n_sentences, n_features)."""
        return _beside([family.transform(X) for _, family in self.transformer_list])

    def placed(self) -> Iterator[tuple[Any, slice]]:
        """Each fitted family, and where its columns are."""
        start = 0
        for (_, family), width in zip(self.transformer_list, self.widths_, strict=True):
            yield family, slice(start, start + width)
            start += width


def _beside(parts: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
    """One matrix with its columns in order.

    scikit-learn's solvers put them in order in place, which threads that fit one label each would do to one another.
    """
    joined = sparse.hstack(parts).tocsr()
    joined.sort_indices()
    return joined
