"""A denial letter as fields: by labels, by the purpose of its sections, by tables and in prose."""
