"""Ready-made scoring models, as their authors published them.

Sources: RICE, Sean McBride, "RICE: Simple prioritization for product managers" (Intercom, 2018). ICE, Sean Ellis,
"Hacking Growth" (2017). WSJF, Scaled Agile Framework, "Weighted Shortest Job First". CD3, Donald Reinertsen, "The
Principles of Product Development Flow" (2009). MoSCoW, Dai Clegg, in DSDM (1994). Kano, "Attractive quality and
must-be quality" (1984). Impact levels of strategic drivers: those of Microsoft Project Online.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.algorithms.definition import MONEY, PERCENT, CriterionSpec, Definition, Kind, Level


@dataclass(frozen=True)
class Template:
    """A model to begin with."""

    key: str
    name: str
    purpose: str
    definition: Definition
    has_drivers: bool = False


def _scale(*levels: tuple[float, str, str]) -> tuple[Level, ...]:
    return tuple(Level(value, name, meaning) for value, name, meaning in levels)


def _on(key: str, name: str, meaning: str, levels: tuple[Level, ...], **more: object) -> CriterionSpec:
    values = [level.value for level in levels]
    return CriterionSpec(key, name, meaning, lowest=min(values), highest=max(values), levels=levels, **more)  # type: ignore[arg-type]


FIBONACCI = _scale(
    (1, "1", "The smallest of those compared."), (2, "2", ""), (3, "3", ""), (5, "5", ""), (8, "8", ""), (13, "13", ""),
    (20, "20", "The largest of those compared."),
)  # fmt: skip
IMPACT = _scale(
    (0.25, "Minimal", "Hardly anybody would notice."),
    (0.5, "Low", "A few would do something slightly better."),
    (1, "Medium", "Many would do something better."),
    (2, "High", "It changes how many of them work."),
    (3, "Massive", "It decides whether they come, stay or leave."),
)
STRENGTH = _scale(
    (0, "None", "It does nothing for the driver."),
    (1, "Low", "It helps a little, or only some of those concerned."),
    (2, "Moderate", "It moves the driver's measure, but not to its target."),
    (4, "Strong", "It brings the driver's measure most of the way."),
    (8, "Extreme", "The driver's target is not met without it."),
)
EFFORT = CriterionSpec("effort", "Effort", "Work of everybody until it is in use.", True, "person-months", 0.25, 400)


def _ten(key: str, name: str, meaning: str, *, is_lower_better: bool = False, weight: float = 1) -> CriterionSpec:
    return CriterionSpec(key, name, meaning, is_lower_better, "", 1, 10, (), weight)


def _driver(key: str, name: str, meaning: str) -> CriterionSpec:
    return _on(key, name, meaning, STRENGTH)


TEMPLATES: Mapping[str, Template] = {
    template.key: template
    for template in (
        Template(
            "rice",
            "RICE",
            "Many small things for many people: whom it reaches, how much it helps, how sure you are, what it takes.",
            Definition(
                Kind.FORMULA,
                (
                    CriterionSpec("reach", "Reach", "People it reaches in a quarter.", False, "people", 0, 1_000_000),
                    _on("impact", "Impact", "How much it helps each of them.", IMPACT),
                    CriterionSpec("confidence", "Confidence", "How sure you are of the others.", False, PERCENT, 0, 1),
                    EFFORT,
                ),
                "reach * impact * confidence / effort",
            ),
        ),
        Template(
            "ice",
            "ICE",
            "A quick first order of ideas and experiments, by feel.",
            Definition(
                Kind.FORMULA,
                (
                    _ten("impact", "Impact", "What changes if it works; 10 is the most you can imagine."),
                    _ten("confidence", "Confidence", "How sure you are that it works; 10 is proven."),
                    _ten("ease", "Ease", "How easily it is done; 10 is this week."),
                ),
                "impact * confidence * ease",
            ),
        ),
        Template(
            "wsjf",
            "WSJF",
            "Weighted shortest job first: relative cost of delay over job size, for a train of features or epics.",
            Definition(
                Kind.FORMULA,
                (
                    _on("business_value", "Business value", "What it is worth to users or to the business.", FIBONACCI),
                    _on("time_criticality", "Time criticality", "How fast that worth decays.", FIBONACCI),
                    _on(
                        "risk_reduction",
                        "Risk reduction or opportunity",
                        "What risks it takes away, or what it makes possible.",
                        FIBONACCI,
                    ),
                    _on("job_size", "Job size", "How much work it is.", FIBONACCI, is_lower_better=True),
                ),
                "(business_value + time_criticality + risk_reduction) / job_size",
            ),
        ),
        Template(
            "cd3",
            "Cost of delay (CD3)",
            "What each week of waiting costs, divided by the weeks it takes: the order that loses least money.",
            Definition(
                Kind.FORMULA,
                (
                    CriterionSpec(
                        "cost_of_delay", "Cost of delay", "Lost in each week it is late.", False, MONEY, 0, 10**9
                    ),
                    CriterionSpec("duration", "Duration", "From start to use.", True, "weeks", 0.2, 520),
                ),
                "cost_of_delay / duration",
            ),
        ),
        Template(
            "weighted",
            "Weighted scoring",
            "A few criteria of different weight on one scale, added up to 100.",
            Definition(
                Kind.WEIGHTED,
                (
                    _ten("customer_value", "Customer value", "What customers gain.", weight=35),
                    _ten("strategic_fit", "Strategic fit", "How well it serves the strategy.", weight=30),
                    _ten("effort", "Effort", "How much work it is.", is_lower_better=True, weight=20),
                    _ten("risk", "Risk", "What may go wrong.", is_lower_better=True, weight=15),
                ),
            ),
        ),
        Template(
            "value_effort",
            "Value and effort",
            "The two questions of every roadmap talk. Open it as a matrix to see quick wins and money pits.",
            Definition(
                Kind.FORMULA,
                (
                    _ten("value", "Value", "What it is worth; 10 is the most valuable thing you know."),
                    _ten("effort", "Effort", "What it takes; 10 is the most you would start.", is_lower_better=True),
                ),
                "value / effort",
            ),
        ),
        Template(
            "moscow",
            "MoSCoW",
            "What a release must, should, could and will not have.",
            Definition(
                Kind.CLASSES,
                (
                    _on(
                        "value",
                        "Class",
                        "How much the release depends on it.",
                        _scale(
                            (0, "Won't", "Agreed not to be done this time."),
                            (1, "Could", "Wanted, and the first to go when time is short."),
                            (2, "Should", "Painful to leave out, but the release works without it."),
                            (3, "Must", "Without it the release is not worth having, legal or safe."),
                        ),
                    ),
                ),
            ),
        ),
        Template(
            "kano",
            "Kano",
            "How customers would feel with it and without it.",
            Definition(
                Kind.CLASSES,
                (
                    _on(
                        "value",
                        "Class",
                        "What its presence or absence does to satisfaction.",
                        _scale(
                            (0, "Reverse", "Its presence displeases."),
                            (1, "Indifferent", "Neither presence nor absence matters."),
                            (2, "Attractive", "Its presence delights; its absence is not felt."),
                            (3, "Performance", "The more of it, the more satisfied."),
                            (4, "Must-be", "Its absence angers; its presence is taken for granted."),
                        ),
                    ),
                ),
            ),
        ),
        Template(
            "drivers",
            "Strategic drivers",
            "What the strategy asks for, weighted in pairs, and how strongly each project serves it.",
            Definition(
                Kind.WEIGHTED,
                (
                    _driver("growth", "Grow in new markets", "Revenue from regions or segments that are new to us."),
                    _driver("retention", "Keep customers", "Net revenue retention."),
                    _driver("efficiency", "Work at lower cost", "Cost to serve a customer."),
                    _driver("compliance", "Meet obligations", "Laws, contracts and audits are met in time."),
                ),
            ),
            has_drivers=True,
        ),
        Template(
            "esg",
            "ESG",
            "Carbon, social and governance effects, beside what a project earns.",
            Definition(
                Kind.WEIGHTED,
                (
                    CriterionSpec(
                        "carbon", "Carbon saved", "Emissions avoided in a year of use.", False, "t CO2e / year",
                        -10_000, 10_000, (), 40,
                    ),
                    _on(
                        "social", "Social", "Effect on people: safety, access, fair work.",
                        _scale((-2, "Harms", "People are worse off."), (-1, "Burdens", "Some bear a cost."),
                               (0, "Neutral", ""), (1, "Helps", "Some are better off."),
                               (2, "Transforms", "Many are lastingly better off.")),
                        weight=35,
                    ),
                    _on(
                        "governance", "Governance", "Effect on control: data protection, audit, conduct.",
                        _scale((-2, "Weakens", "A control is lost."), (-1, "Loosens", "A control is harder to keep."),
                               (0, "Neutral", ""), (1, "Strengthens", "A gap closes."),
                               (2, "Exemplary", "Others would copy it.")),
                        weight=25,
                    ),
                ),
            ),
        ),
    )
}  # fmt: skip

#: Template -> where it is from.
SOURCES: Mapping[str, str] = {
    "rice": "Sean McBride, “RICE: Simple prioritization for product managers”, Intercom, 2018",
    "ice": "Sean Ellis & Morgan Brown, Hacking Growth, 2017",
    "wsjf": "Scaled Agile Framework, Weighted Shortest Job First; after Reinertsen",
    "cd3": "Donald Reinertsen, The Principles of Product Development Flow, 2009",
    "weighted": "Simple additive weighting: Hwang & Yoon, Multiple Attribute Decision Making, 1981",
    "value_effort": "Value against effort, the two axes of a prioritization matrix",
    "moscow": "Dai Clegg, in the Dynamic Systems Development Method (DSDM), 1994",
    "kano": "Noriaki Kano et al., “Attractive quality and must-be quality”, 1984",
    "drivers": "Strategic drivers and impact levels as in Microsoft Project Online; weights in pairs after Saaty, 1980",
    "esg": "Environmental, social and governance criteria: United Nations, Who Cares Wins, 2004",
}
