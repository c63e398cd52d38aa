"""Compile tenant files into the Kubernetes objects that make them so."""

__version__ = "0.1.0"
