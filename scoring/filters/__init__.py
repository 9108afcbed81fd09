"""What lists of scoring can be narrowed to."""
