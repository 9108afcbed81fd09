"""What customers say: feedback items, themes, sentiment, links to products and projects."""
