"""Many articles from one file to another, so that a killed run can go on where it stopped."""
