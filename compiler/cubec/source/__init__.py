"""Text to documents: the only part of the compiler that knows YAML's grammar and where things stand in a file."""
