"""A live cluster to tenant documents: what it holds, what of that the documents can say, and what is left."""
