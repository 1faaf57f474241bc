"""HTML, C-CDA and FHIR: text with marks for its reader's program."""
