"""The version, stated once: hatch reads it here, the bundle carries it, and page and kernel compare it."""

__version__ = "0.1.0"
