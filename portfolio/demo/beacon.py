"""Line B: the law changes on a known day, and little else does."""

from portfolio.demo.facts import MeasureFacts, ProgramFacts, ProjectFacts, RiskFacts

CUSTOMS, DOCS = "Beacon Customs", "Beacon Docs"

COMPLIANCE = ProgramFacts(
    "BC",
    "Beacon compliance {year}",
    "The customs rules of {year}, right on their first day.",
    "Beacon",
    "dana",
    "green",
    "",
    projects=(
        ProjectFacts(
            "BC-RULES", "Customs rule pack {year}", "The changed rules of 31 authorities, tested on their examples.",
            "dana", "waterfall", "green", -130, 95, 0, 1_050, 0.54,
            ("Reading of 31 gazettes", "Rules for exports", "Rules for imports", "Rules for transit",
             "Test against 9,000 examples", "Pilot with six brokers!"),
            "Rule pack live", ((CUSTOMS, 100),), reported=0,
            risks=(
                RiskFacts("An authority publishes after the freeze", 45, 5, 60, "mitigate",
                          "Two specialists stay on call until the first week of January.", "dana"),
                RiskFacts("Two authorities offer no test system", 60, 3, 20, "accept", "", "lucia"),
                RiskFacts("Gazettes are misread", 15, 10, 200, "transfer", "Customs lawyers check every rule.", "dana"),
            ),
        ),
        ProjectFacts(
            "BC-TARIF", "Tariff data feed", "Tariff numbers and rates, every night, from the source.",
            "lucia", "hybrid", "green", -100, 60, 0, 300, 0.58,
            ("Contracts with three sources", "Nightly import", "Differences for review", "History by day"),
            "Old feed cancelled", ((CUSTOMS, 100),), reported=2,
            risks=(RiskFacts("A source changes its format without notice", 30, 4, 15, "mitigate",
                             "Import stops and tells; yesterday’s rates stay in use.", "lucia"),),
        ),
    ),
    measures=(
        MeasureFacts("Refused declarations below 0.2 % in January", "Quality"),
        MeasureFacts("Rule pack delivered two weeks before the first of January", "Time"),
        MeasureFacts("No broker lost to a late rule", "Retention", "met"),
    ),
)  # fmt: skip

DIRECT = (
    ProjectFacts(
        "BEA-OCR", "Invoice OCR", "Invoices read instead of typed: eight fields, 97 % right.",
        "katarzyna", "agile", "green", -140, 35, 0, 400, 0.71,
        ("Labelled invoices", "Model for eight fields", "Correction screen", "Pilot with four brokers"),
        "OCR for all brokers", ((DOCS, 100),), portfolio="Beacon", reported=2,
        risks=(RiskFacts("Handwriting is read wrong", 40, 5, 18, "accept", "People read them.", "katarzyna"),),
    ),
    ProjectFacts(
        "BEA-ARCH", "Docs archive", "Ten years of documents, kept as the law asks, at a third of the cost.",
        "ngozi", "waterfall", "amber", -120, 80, 20, 250, 0.35,
        ("Retention rules by country", "Cold storage", "Search in cold documents", "Move of 40 million documents"),
        "Old archive switched off", ((DOCS, 100),),
        "On hold until the ruling on retention in two countries.",
        portfolio="Beacon", status="on_hold", reported=12,
        risks=(RiskFacts("The ruling asks for ten more years", 35, 20, 75, "accept", "", "ngozi"),),
    ),
    ProjectFacts(
        "BEA-PERF", "Declaration performance", "A declaration is checked in a second, also at noon on Fridays.",
        "oleksandr", "agile", "green", -80, 40, 0, 200, 0.55,
        ("Measure at noon", "Rules compiled once", "Read replicas", "Load test"),
        "One second at peak", ((CUSTOMS, 100),), portfolio="Beacon", reported=3,
        risks=(RiskFacts("Compiled rules differ from read ones", 15, 8, 40, "avoid",
                         "Both run side by side for a month.", "oleksandr"),),
    ),
    ProjectFacts(
        "BEA-SRCH", "Customs search", "Find a declaration by anything written on it.",
        "arjun", "agile", "green", -40, 70, 0, 200, 0.28,
        ("Index of declarations", "Search by goods", "Saved searches"),
        "Search for all brokers", ((CUSTOMS, 75), (DOCS, 25)), portfolio="Beacon", reported=4,
        risks=(RiskFacts("The index doubles the storage", 30, 0, 22, "mitigate", "Index two years only.", "arjun"),),
    ),
    ProjectFacts(
        "BEA-EINV", "Electronic invoices", "Five countries will refuse paper invoices; brokers ask who sends theirs.",
        "katarzyna", "hybrid", "", 90, 300, 0, 300, 0.0, (), "", ((DOCS, 100),), portfolio="Beacon", status="screened",
    ),
)  # fmt: skip
