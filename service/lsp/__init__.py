"""The language server: diagnostics, quick fixes and hovers in editors."""
