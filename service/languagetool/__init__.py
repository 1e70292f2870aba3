"""An API like LanguageTool's, so that the editors that speak to LanguageTool can speak to Overclaim."""
