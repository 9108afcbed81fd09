"""What is found in what customers say, without a network and without a database."""
