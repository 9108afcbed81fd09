"""What is the author's own in a message: without the quote that answers carry below, and without the signature.

The rules are conservative: only what is certainly an end is cut off, nothing in between, and never all of it. An
answer between the lines of a quote is kept with the quote, and so is a message that was forwarded.
"""

import re

#: “On Monday Marta wrote:” in the languages that mail programs speak most, in one line.
ATTRIBUTION = re.compile(
    r"(?:On\b.{5,200}\bwrote"
    r"|Am\b.{5,200}\bschrieb\b.{0,80}|Le\b.{5,200}\ba écrit|El\b.{5,200}\bescribió|Il\b.{5,200}\bha scritto"
    r"|Op\b.{5,200}\bschreef\b.{0,80}|Em\b.{5,200}\bescreveu|Den\b.{5,200}\b(?:skrev|skrev følgende)\b.{0,80}"
    r"|W dniu\b.{5,200}\bnapisał(?:\(a\)|a)?)\s?:",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    r"-{2,}\s?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|Mensaje original"
    r"|Messaggio originale|Oorspronkelijk bericht|Mensagem original)\s?-{2,}",
    re.IGNORECASE,
)
#: What follows is another's, and what the author wants to say all the same.
FORWARDED = re.compile(
    r"-{2,}\s?(?:Forwarded message|Weitergeleitete Nachricht|Message transféré|Mensaje reenviado|Doorgestuurd bericht"
    r"|Messaggio inoltrato)\s?-{2,}|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:",
    re.IGNORECASE,
)
#: The first line of the heads that Outlook repeats above what it quotes, and those that follow within a few lines.
HEAD_FROM = re.compile(r"\*?(?:From|Von|De|Da|Van|Från|Fra):\*?\s+\S", re.IGNORECASE)
HEAD_REST = re.compile(
    r"\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Data|Verzonden|Skickat|Sendt"
    r"|To|An|À|Para|A|Aan|Till|Til|Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Ämne|Emne|Assunto):\*?(?:\s|$)",
    re.IGNORECASE,
)
RULE = re.compile(r"[_\-]{8,}")
SENT_FROM = re.compile(
    r"(?:Sent from (?:my |Yahoo|Outlook|Mail for)|Get Outlook for|Von meinem .{2,40} gesendet"
    r"|Gesendet von (?:meinem|Mail)"
    r"|Envoyé (?:de|depuis) mon|Enviado desde mi|Inviato da(?:l mio)? |Verstuurd vanaf mijn).{0,80}",
    re.IGNORECASE,
)
#: A longer tail is no signature, whatever mark stands above it.
LONGEST_SIGNATURE = 15


def own_words(text: str) -> str:
    """A message without the quote and the signature at its end; all of it, where nothing else would be left."""
    lines = text.strip().split("\n")
    kept = _without_signature(_without_quote(lines))
    found = "\n".join(kept).strip()
    return found or text.strip()


def _without_quote(lines: list[str]) -> list[str]:
    """Cut where a quote begins that reaches to the end; a message that begins with it says nothing else."""
    quotes_from = _quoted_from(lines)
    is_begun = False
    for place, line in enumerate(lines):
        words = line.strip()
        if FORWARDED.fullmatch(words):
            return lines
        if is_begun and (ORIGINAL.fullmatch(words) or _is_outlook_head(lines, place)):
            return _without_rule(lines[:place])
        if is_begun and (length := _attribution(lines, place)) and place + length in quotes_from:
            return lines[:place]
        is_begun = is_begun or bool(words)
    return _without_bare_quote(lines)


def _attribution(lines: list[str], place: int) -> int:
    """How many lines say here whom the rest quotes: none, one, or up to three where the line was broken."""
    for length in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[place : place + length])
        if ATTRIBUTION.fullmatch(joined):
            return length
    return 0


def _quoted_from(lines: list[str]) -> range:
    """The places from which there is nothing but a quote to the end."""
    said = [place for place, line in enumerate(lines) if line.strip()]
    own = [place for place in said if not lines[place].lstrip().startswith(">")]
    return range(own[-1] + 1 if own else 0, said[-1] + 1 if said else 0)


def _is_outlook_head(lines: list[str], place: int) -> bool:
    if not HEAD_FROM.match(lines[place].strip()):
        return False
    following = [line.strip() for line in lines[place + 1 : place + 7]]
    return sum(bool(HEAD_REST.match(line)) for line in following) >= 2


def _without_rule(lines: list[str]) -> list[str]:
    """Outlook draws a line above what it quotes."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or RULE.fullmatch(kept[-1].strip())):
        kept.pop()
    return kept


def _without_bare_quote(lines: list[str]) -> list[str]:
    """A quote at the end that nobody introduces; between the lines of one that stands above, it is all kept."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    is_between = any(line.lstrip().startswith(">") for line in lines[:end])
    return lines if is_between or not end else lines[:end]


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at the mark of a signature (RFC 3676, 4.3), or the line in which a telephone says what it is."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    for place in range(len(kept) - 1, max(0, len(kept) - LONGEST_SIGNATURE - 2), -1):
        if kept[place] in ("-- ", "--"):
            kept = kept[:place]
            break
    while kept and not kept[-1].strip():
        kept.pop()
    if len(kept) > 1 and SENT_FROM.fullmatch(kept[-1].strip()):
        kept.pop()
    return kept
