"""X12 interchanges: remittances (835) and claim status (277), as pages of text, one for each claim."""
