"""People one trusts, and exactly how far: who is in a person's circle, and what each of them may see, until when."""
