"""An HTML page as the text that a reader sees: paragraphs, lists and quotes stay, the rest of its dress goes."""

import re
from collections.abc import Mapping

from lxml import etree

UNSEEN = {"script", "style", "title", "template", "svg", "object"}
APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr"}
LINES = APART | {
    "div", "section", "article", "header", "footer", "main", "aside", "nav", "form", "fieldset", "address", "figure",
    "figcaption", "center", "li", "dt", "dd", "tr", "br", "body",
}  # fmt: skip
#: Quotes within quotes beyond this stand as deep as these.
DEEPEST = 20


def text_of_html(page: str) -> str:
    """A page as text; nothing that it names is loaded, and of a broken one what can be read.

    Returns:
        Lines, those of quotes with “>” before them as in plain mail, at most one empty line between two.
    """
    parser = etree.HTMLParser(target=_Reader(), encoding="utf-8", no_network=True, huge_tree=True)
    parser.feed(page.replace("\0", "").encode(errors="replace"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parser.close())).strip()


class _Reader:
    """What lxml's parser tells its reader: each element ends, also where the page forgot to say so."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.unseen = self.quotes = self.exact = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._meet(tag)
        if tag in UNSEEN:
            self.unseen += 1
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.exact += 1
        elif tag == "li":
            self.line.append("- ")
        elif tag in ("td", "th"):
            self.line.append(" ")

    def end(self, tag: str) -> None:
        if tag != "br":
            self._meet(tag)
        if tag in UNSEEN:
            self.unseen -= 1
        elif tag == "blockquote":
            self.quotes -= 1
        elif tag == "pre":
            self.exact -= 1

    def data(self, data: str) -> None:
        if self.unseen:
            return
        if not self.exact:
            self.line.append(data)
            return
        first, *others = data.split("\n")
        self.line.append(first)
        for other in others:
            self.end_line()
            self.line.append(other)

    def close(self) -> list[str]:
        """The lines of the page."""
        self.end_line()
        return self.lines

    def end_line(self) -> None:
        """Write what is on the line, if anything is."""
        words = "".join(self.line)
        words = words.rstrip() if self.exact else " ".join(words.split())
        if words and words != "-":
            self.lines.append("> " * min(self.quotes, DEEPEST) + words)
        self.line = []

    def _meet(self, tag: str) -> None:
        """A line ends where a block begins or ends; paragraphs and their like have an empty one around them."""
        if tag not in LINES:
            return
        self.end_line()
        if tag in APART:
            self.lines.append("")
