"""What would become of an object that a member of a group submits: the admission of a cluster, gone through offline.

A rehearsal works on the objects that the compiler emits for that group and cluster, and evaluates the emitted expressions
themselves. What Kubernetes does beside them is done again here, as far as it decides whether a pod runs.
"""
