"""Help, for everybody and without signing in: breathing, the senses, and a person to talk to."""
