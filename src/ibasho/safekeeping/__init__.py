"""Things put away: what somebody would rather not have near, who keeps it, and how it comes back (DOMAIN 1.11)."""
