"""From a drawing to text: Mermaid, SVG, Graphviz and JSON."""
