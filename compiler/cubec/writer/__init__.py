"""Manifests to a tree of files, the difference of two trees, and the disk."""
