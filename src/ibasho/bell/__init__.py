"""The bell: a word that gives nothing away, to whoever chose to be told."""
