"""Today: the daily check-in, and looking back at one's own days (DOMAIN 2.7-2.9, 6.2, 10.5)."""
