"""How this programme runs: who runs it, what people are told before they join, and lines where a person answers."""
