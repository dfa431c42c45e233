"""The bell: one neutral line to whoever wants to be told."""
