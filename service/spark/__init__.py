"""Apache Spark: ``annotate_frame`` for a user's own job, and the engine of ``overclaim batch --engine spark``."""

from service.spark.frame import annotate_frame

__all__ = ["annotate_frame"]
