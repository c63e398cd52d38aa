"""One module per kind of document: ``read`` makes the typed value of a document that has passed its schema."""
