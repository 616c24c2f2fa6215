"""Ten pure functions from a graph to its drawings."""
