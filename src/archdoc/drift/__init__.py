"""What committed pages and the code disagree about."""
