"""Reading foreign files, without Django: what a file is, its rows, its values, and guesses of what its columns mean."""
