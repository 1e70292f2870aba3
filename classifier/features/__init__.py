"""Sentences to numbers: cue lists, the reader that runs spaCy, feature families."""
