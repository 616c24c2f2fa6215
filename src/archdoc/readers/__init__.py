"""From files to facts: one reader per language, none of which knows another."""
