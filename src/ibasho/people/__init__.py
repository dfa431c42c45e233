"""Who is here: coming in, joining, the words, leaving, and everything a person may do with what is theirs."""
