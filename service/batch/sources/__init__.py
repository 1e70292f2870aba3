"""Readers of archives: JSON Lines, CSV, Parquet, folders of articles and web archives, all as the same records."""

from service.batch.sources.base import ColumnMap, Prepared, RawRecord
from service.batch.sources.detect import FORMATS
from service.batch.sources.opening import open_sources
from service.batch.sources.prepare import known_id, prepare
from service.batch.sources.required import check_columns

__all__ = ["FORMATS", "ColumnMap", "Prepared", "RawRecord", "check_columns", "known_id", "open_sources", "prepare"]
