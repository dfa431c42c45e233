"""Keepsakes: what makes a day bearable. Sealed, shown when asked for, never pushed (DOMAIN 2.8, 9.2)."""
