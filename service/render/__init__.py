"""Annotations for people: text for terminals and logs, HTML for browsers and paper."""
