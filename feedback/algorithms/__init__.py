"""Pure text analysis: sentiment, kinds, urgency, embeddings, themes, duplicates and stories, by numpy and tables."""
