"""What the documents mean: frozen, typed, complete values, each of which knows where it came from."""
