"""The pages of this room, in the order somebody meets them: the door, joining, words, what is one's own."""
