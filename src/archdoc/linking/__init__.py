"""Facts that need two readers: which server is which host, what runs where, who watches whom."""
