"""Values to text, without reading or writing anything: for a terminal, and for the machines that people look at."""
