"""From words on paper to lines, columns and tables, and the lines that are not the author's."""
