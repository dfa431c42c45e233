"""The six-part plan: made on a calm day, open in the worst minute (DOMAIN 1)."""
