"""Scoring over REST."""
