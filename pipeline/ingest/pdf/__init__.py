"""PDF files: the words that show on a page, and whether they can be believed."""
