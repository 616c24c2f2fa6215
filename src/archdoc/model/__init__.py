"""Facts, graph, problems, documents and diagrams: the words every other package speaks."""
