"""A clinical document as facts: treatments, measurements, findings and the rest, each from its statement or table."""
