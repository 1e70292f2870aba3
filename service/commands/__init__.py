"""What each sub-command of ``overclaim`` does; ``service.cli`` only declares their options."""
