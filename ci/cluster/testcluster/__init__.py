"""A Kubernetes cluster of plain processes on the loopback address, for tests; README.md says how to use it."""
