//! Problems in a text, told with path, line, column, the line itself and what would be right.
