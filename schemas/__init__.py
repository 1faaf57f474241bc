"""The nouns of Appealwright: frozen Pydantic models that pass between the stages."""
