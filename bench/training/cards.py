"""Cards of the tables: what each is, of what it was made, what it is for, and where it ends."""

SENTIMENT = """# sentiment.npz

Weights for sentiment: negative, neutral, positive. Made by `python -m bench.training` (seed 7); read by
`feedback/algorithms/sentiment.py`.

- **Of what.** Logistic weights (int8) of 60,000 words and pairs of words; for every word what a sentence model knows
of it, as two numbers
  (all-MiniLM-L6-v2, Apache-2.0); the lexicon, words of degree and negations of VADER (C.J. Hutto, MIT licence); a
  combiner of 15 features trained on
  logits of tables that never saw the set; a table of character n-grams for German, French and Spanish.
- **Texts.** UCI sentences (amazon, yelp, imdb), SST, SemEval-2014 laptops and restaurants, TweetEval validation,
XLM-T, app reviews by their stars
  (Maalej). No text is contained. Texts that also occur in a set to measure on were left out.
- **Confidence** is Platt's scaling on sets left out in turn: of answers with confidence .8 about 80 % are right, on
texts like those.
- **Limits.** Irony, comparisons and facts that are bad without a bad word. Reviews and tweets are not tickets. In
languages other than English, German, French
  and Spanish it goes by what these share and by emoji, and says so by a confidence of at most .45.

Each set measured by tables and a combiner trained without it (macro-F1):

| set | texts | 3 classes | 2 classes |
|---|---|---|---|
{figures}
"""
KINDS = """# kinds.npz

Weights for the kind of feedback: bug, request, praise, question, other. Made by `python -m bench.training` (seed 7);
read by `feedback/algorithms/kinds.py`.

- **Of what.** Logistic weights (int8) of words and pairs of words with their rarity (float16), fourteen phrases that
tell a kind, and the tone of the text.
- **Texts.** NLBSE-24 issues, app reviews (Maalej), titles of Stack Overflow and banking77 questions, neutral tweets
and review sentences. No text is contained.
- **Limits.** A review that asks for something without a phrase of asking is mostly taken for an opinion. Learned in
English; elsewhere only marks and tone help.

Ten folds within the sets, macro-F1 (by how much bugs, requests and questions are lifted was chosen on the same folds):

| what | figure |
|---|---|
{figures}
"""
EMBEDDING = """# embedding.npz

27,669 word pieces with 256 numbers each (int8), summed up to a vector of a text. Made by `python -m bench.training`
(seed 7); read by `feedback/algorithms/embedding.py`.

- **Of what.** all-MiniLM-L6-v2 (Apache-2.0), from the file whose SHA-256 begins 53aa5117 and ends b9db: its vector
  of each piece, its 256 main directions, then turned until sums come near its vectors of 22,098 whole texts.
- **Texts.** Reviews, tweets, banking77 questions, Stack Overflow and issue titles, without labels. No text is
contained; clinc150 was left for measuring.
- **Limits.** Order and negation are lost (`before` and `after` exchange nothing). English only.

| what | figure |
|---|---|
{figures}
"""
CARDS = {"sentiment": SENTIMENT, "kinds": KINDS, "embedding": EMBEDDING}
