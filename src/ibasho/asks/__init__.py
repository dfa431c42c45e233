"""Asks: what would help, and who of one's circle takes which evening (DOMAIN 3). Nothing here asks why."""
