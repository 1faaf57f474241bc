"""Pages that are pictures: made fit to read, read by two readers, and what on them is no print."""
