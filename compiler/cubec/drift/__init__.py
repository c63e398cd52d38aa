"""A live cluster against what the sources make: what is missing, what differs, what is there in place of it or beside it."""
