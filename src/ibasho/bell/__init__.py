"""The bell: a neutral line that reaches somebody who is not here."""
