"""The verbs of Appealwright, in the order in which a case flows."""
