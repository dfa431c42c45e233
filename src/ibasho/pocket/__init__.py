"""Kept on this phone: a plan that opens without a connection, behind a PIN of its owner (DOMAIN 1.8, 5.5)."""
