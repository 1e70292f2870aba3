"""Adapters around the classifier: HTTP, the ``overclaim`` command, batch files, a web page. Each is thin."""
