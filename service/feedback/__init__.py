"""Feedback on marks: what users judged wrong or right, kept by an operator who asks for it, and exported for training.

SQLAlchemy is an optional dependency; only ``place``, ``tables`` and ``store`` import it.
"""
