"""The benchmark: archdoc's stages against raw parsing, in one run on the same files, and growth with size."""
