"""How plays run: which hosts, which variables at each task, what is included from where; nothing is executed."""
