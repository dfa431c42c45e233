"""The knock: a message sealed in advance to a friend, that goes out if somebody goes quiet (DOMAIN 3.2-3.8)."""
