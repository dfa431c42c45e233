"""How this programme runs: who runs it, what people are told, and lines where a person answers."""
