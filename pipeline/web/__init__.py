"""The desk in a browser: upload, review, decide."""
