"""archdoc: architecture documentation and diagrams derived from infrastructure code."""

__version__ = "0.1.0"
