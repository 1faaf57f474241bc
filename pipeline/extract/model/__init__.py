"""The model engine: what of the documents a language model is shown and asked, and what is made of its replies."""
