"""How urgent a text sounds: a stated rule in points, with the words that gave them. No data set of urgency deserves
trust.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from feedback.algorithms.tokens import readable

VERSION = "urgency-rule 1"


class UrgencyLevel(StrEnum):
    """From what can wait to what cannot."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True)
class Reason:
    """Points for one cause, and `text[start:end]` that gave them; no words (0, 0) for the tone of the whole text."""

    cause: str
    points: int
    start: int
    end: int


@dataclass(frozen=True)
class Urgency:
    """A level, its points and what they are made of, the most points first."""

    level: UrgencyLevel
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Rule:
    """A cause, its points, and the words that tell of it; `is_plain` where a negation before it is part of the
    words.
    """

    cause: str
    points: int
    words: str
    is_plain: bool = False


#: English, then German, French and Spanish words of each cause.
RULES = (
    Rule("data loss", 4,
         r"data loss|los(?:t|es|ing) (?:all |some |of )*(?:my |our |the )?(?:data|work|files?|photos?|notes|"
         r"records|history|entries)|"
         r"(?:deleted|wiped|erased|corrupt(?:s|ed)?) (?:all |some |of )*(?:my |our |the )?(?:data\w*|files?|"
         r"photos?|records|history|work|entries)|"
         r"(?:data|files?|photos?|notes|records|entries|everything) (?:is|are|was|were|has|have|had|"
         r"got)(?: all)?(?: been)? (?:gone|lost|deleted|wiped|erased|corrupted)|"
         r"datenverlust|daten (?:sind )?(?:weg|verloren|gelöscht)|perte de données|données perdues|"
         r"pérdida de datos|datos perdidos"),
    Rule("security", 4,
         r"security (?:hole|issue|breach|flaw|bug|risk|problem|incident)|vulnerab\w+|data breach|breached|hacked|"
         r"phishing|exploit(?:s|ed|able)?|"
         r"leak(?:s|ed|ing)? (?:\w+ ){0,3}(?:data|passwords?|tokens?|credentials|keys?|emails?)|"
         r"unauthori[sz]ed (?:access|charge|transaction|payment)s?|"
         r"(?:see|sees|saw|access|view) (?:other|another) (?:people|user|customer|person|compan|tenant|"
         r"organi[sz]ation)\w*'?s?|CVE-\d{4}-\d+|"
         r"sicherheitslücke|datenleck|faille de sécurité|piraté|fallo de seguridad|hackead\w+"),
    Rule("outage", 4,
         r"outage|(?:is|are|was|went|been|site|server|service|system|app|api|everything) (?:completely |totally |"
         r"now |still )?down(?! ?load| ?grade| ?side| to\b)|"
         r"(?:nobody|no one|no-one|none of (?:us|our \w+)) (?:can|is able to|could)|(?:all|every) (?:our |of our |"
         r"the )?(?:users?|customers?|clients?|teams?)\b[^.!?\n]{0,40}\b(?:can't|cannot|can not|unable|locked out|"
         r"affected|broken)|"
         r"production (?:is |system |site )?(?:down|broken|stopped|halted)|unreachable|"
         r"ausfall|nicht erreichbar|komplett down|en panne|hors service|caíd[oa]|no funciona nada", True),
    Rule("blocked", 3,
         r"(?:completely |totally )?block(?:ed|ing|er)\b(?! ads?| calls?| list)|show ?stopper|unusable|locked out|"
         r"work ?around|(?:can't|cannot|can not|unable to|couldn't) (?:even )?(?:log ?in|sign ?in|login|access|"
         r"open|use|pay|work|continue|proceed|start|launch)\b|"
         r"(?:work|team|we|i'm|i am|stuck) (?:is |are |has )?(?:at a standstill|stuck|halted)|(?:won't|doesn't|"
         r"does not|will not) (?:even )?(?:open|start|launch|load)\b|"
         r"blockiert|unbenutzbar|kann (?:mich )?nicht (?:einloggen|anmelden|arbeiten)|bloqué\w*|inutilisable|"
         r"impossible de (?:se connecter|travailler)|bloquead\w+|inutilizable", True),
    Rule("churn", 3,
         r"cancel(?:l?ing|l?ed)? (?:my|our|the|this) (?:\w+ )?(?:subscription|account|contract|plan|membership|"
         r"order)|switch(?:ing|ed)? (?:over )?to (?:a |another |your )?(?:\w+ ){0,2}(?:competitor|provider|vendor|"
         r"product|tool|solution)|"
         r"(?:looking|look|evaluat\w+|search\w*) (?:for|at|into) (?:an? |other )?(?:alternatives?|replacements?)|"
         r"(?:we|i) (?:will|'ll|are going to|am going to) (?:leave|quit|cancel|switch)|"
         r"(?:not|won't|will not|don't) renew\w*|want (?:my|our) money back|refund|last chance|"
         r"kündig\w+|wechseln zu|résili\w+|rembours\w+|cancelar (?:la|mi|nuestra)|reembolso", True),
    Rule("deadline", 2,
         r"deadline|due (?:today|tomorrow|tonight|this week|on|by)|by (?:end of (?:day|week|month)|eod|eow|"
         r"tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|next week)|asap|as soon as possible|"
         r"urgent(?:ly)?|"
         r"immediate(?:ly)? (?:attention|action|help|fix|response)|emergency|time[- ]critical|go[- ]?live|"
         r"audit (?:is|on|next|this)|"
         r"dringend|so schnell wie möglich|sofort|frist|au plus vite|en urgence|urgence|échéance|urgente|"
         r"cuanto antes|plazo"),
    Rule("law or safety", 3,
         r"gdpr|hipaa|lawsuit|legal action|lawyer|attorney|compliance (?:issue|breach|violation)|regulator|"
         r"injur(?:y|ed|ies)|unsafe|dangerous|fire hazard|dsgvo|anwalt|rgpd|avocat|abogado"),
    Rule("money", 2,
         r"(?:charged|billed|debited) (?:me |us )?(?:twice|double|again|three times|wrong\w*|too much)|"
         r"double[- ]charg\w+|overcharg\w+|wrong (?:amount|invoice|bill)|(?:losing|lost|costs? us|"
         r"costing us) (?:\w+ )?(?:money|revenue|sales|customers|orders)|"
         r"doppelt abgebucht|débité deux fois|cobrad\w+ (?:dos veces|doble)"),
    Rule("severity", 2,
         r"critical(?:ly)?|severe(?:ly)?|catastroph\w+|disast(?:er|rous)|crash(?:es|ed|ing)? (?:every|each|all|"
         r"constantly|always|on (?:start|launch|open))\w*|(?:completely|totally|entirely) (?:broken|useless|"
         r"unusable)|kritisch|schwerwiegend|critique|grave\b"),
    Rule("again and again", 1,
         r"(?:second|third|fourth|fifth|\d+(?:nd|rd|th)) time|again and again|still (?:not|no|isn't|hasn't|"
         r"waiting|broken)|keeps? (?:happening|crashing|failing)|for (?:days|weeks|months)|"
         r"every (?:single )?(?:time|day)|schon wieder|encore une fois|otra vez"),
    Rule("can wait", -3,
         r"(?:not|isn't|nothing) (?:that |very |at all )?urgent|no (?:rush|hurry)|low priority|not a (?:big|"
         r"huge) deal|when(?:ever)? you (?:have|get|find) (?:the |some |a )?(?:time|chance|moment)|"
         r"nice[- ]to[- ]have|minor (?:issue|thing|gripe|bug|nit)|cosmetic|"
         r"nicht dringend|eilt nicht|pas urgent|no (?:es )?urgente", True),
)  # fmt: skip
PATTERNS = tuple((rule, re.compile(rf"(?<!\w)(?:{rule.words})(?!\w)", re.IGNORECASE)) for rule in RULES)
NEGATION = re.compile(
    r"(?:\b(?:no|not|never|without|isn't|wasn't|aren't|any|nicht|kein\w*|ohne|pas|sans|sin|sem)|n't)(?:\W+\w+){0,2}\W*$",
    re.IGNORECASE,
)
BEFORE = 40
#: The least points of each level, the highest first.
LEVELS = ((4, UrgencyLevel.URGENT), (2, UrgencyLevel.HIGH), (0, UrgencyLevel.NORMAL))
#: From this confidence on, a negative text is a point.
CONFIDENT = 0.7


def urgency(text: str, negative: float = 0.0) -> Urgency:
    """How urgent a text sounds.

    Args:
        negative: the confidence, 0 to 1, that the text is negative; from 0.7 on it is worth a point.
    Returns:
        Urgent from 4 points, high from 2, normal from 0, else low. Each cause counts once, at its first words; words
        that a
        negation stands before (`no data loss`) do not count, unless the negation is part of them (`cannot log in`).
    """
    text = readable(text).replace("’", "'")
    reasons = []
    for rule, pattern in PATTERNS:
        for found in pattern.finditer(text):
            if rule.is_plain or not NEGATION.search(text[max(0, found.start() - BEFORE) : found.start()]):
                reasons.append(Reason(rule.cause, rule.points, *found.span()))
                break
    if any(reason.cause == "can wait" for reason in reasons):
        reasons = [reason for reason in reasons if reason.cause != "deadline"]
    if negative >= CONFIDENT:
        reasons.append(Reason("negative tone", 1, 0, 0))
    points = sum(reason.points for reason in reasons)
    level = next((level for least, level in LEVELS if points >= least), UrgencyLevel.LOW)
    return Urgency(level, points, tuple(sorted(reasons, key=lambda reason: -reason.points)))
