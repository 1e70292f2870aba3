"""An archive's output as one page of figures: ``overclaim report``."""
