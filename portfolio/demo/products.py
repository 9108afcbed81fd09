"""What Fennmark sells, how it is organized, and what has been decided about it. Amounts in thousands of dollars."""

from decimal import Decimal

from portfolio.demo.facts import LineFacts, PortfolioFacts, ProductFacts

PORTFOLIOS = (
    PortfolioFacts("Core portfolio", "", "ines", "Every change that Fennmark pays for this fiscal year."),
    PortfolioFacts("Atlas", "Core portfolio", "ines", "Line A grows: analytics and connections for shippers."),
    PortfolioFacts("Beacon", "Core portfolio", "dana", "Line B earns steadily: customs and its papers."),
    PortfolioFacts("Cutter", "Core portfolio", "chidi", "Line C is wound down: dispatch desks and label printing."),
    PortfolioFacts("Shared platform", "Core portfolio", "aiko", "What all lines stand on."),
)

LINES = (
    LineFacts(
        "A",
        "Atlas",
        "Planning and analytics for shippers, sold by subscription.",
        (
            (-400, "invest", "Shippers ask for one place to see all carriers; nobody in Europe has it yet.", 190),
            (-75, "invest", "Revenue grew by 46 % in a year. The European launch opens a market twice the size.", 120),
        ),
    ),
    LineFacts(
        "B",
        "Beacon",
        "Customs declarations and trade documents, sold to brokers.",
        (
            (-405, "invest", "The new customs code forces every broker to renew declarations.", 150),
            (-210, "maintain", "The market is taken: growth is 3 %, margin 68 %. Keep to the law, keep it fast.", 365),
        ),
    ),
    LineFacts(
        "C",
        "Cutter",
        "Desktop dispatch and label printing, sold by licence.",
        (
            (-410, "maintain", "One customer in three still dispatches from a desk.", 200),
            (
                -160,
                "sunset",
                "Revenue fell by a fifth and support costs rose. Customers move to Atlas until the end of next year.",
                176,
            ),
        ),
    ),
    LineFacts("P", "Shared platform", "Identity and rights, used by every product and sold by none."),
)

PRODUCTS = (
    ProductFacts(
        "Atlas", "Atlas Insights", "Dashboards and forecasts over all of a shipper’s carriers.", "ines", "growth",
        11_800, 6_900, Decimal("0.41"),
        decisions=((-75, "invest", "Two of three new customers come for Insights.", 120),),
    ),
    ProductFacts(
        "Atlas", "Atlas Connect", "Connections to carriers, marketplaces and stock systems.", "priya", "growth",
        4_600, 3_700, Decimal("0.33"),
        decisions=((-74, "invest", "Each connection sold keeps a customer for four years on average.", 150),),
    ),
    ProductFacts(
        "Atlas", "Atlas Mobile", "Proof of delivery and scanning for drivers.", "jonas", "introduction",
        900, 2_100, None, created=-300,
        decisions=((-200, "invest", "A beta with forty fleets shows whether drivers keep it on their phones.", 240),),
    ),
    ProductFacts(
        "Beacon", "Beacon Customs", "Declarations to 31 customs authorities.", "dana", "maturity",
        14_200, 4_100, Decimal("0.04"), stage_before="growth", figures=-214,
        decisions=((-210, "maintain", "Brokers stay as long as the rules are right on the first of January.", 365),),
    ),
    ProductFacts(
        "Beacon", "Beacon Docs", "Invoices, certificates of origin and their archive.", "dana", "maturity",
        6_300, 2_400, Decimal("0.01"), figures=-214,
        decisions=((-209, "maintain", "Bundled with Customs; hardly ever bought alone.", 365),),
    ),
    ProductFacts(
        "Cutter", "Cutter Dispatch", "Dispatch from a Windows desk.", "chidi", "decline",
        5_100, 3_200, Decimal("-0.18"), stage_before="maturity", figures=-165,
        decisions=((-160, "sunset", "Guided migration brings nine of ten desks to Atlas.", 176),),
    ),
    ProductFacts(
        "Cutter", "Cutter Print", "Labels and the printers that jam on them.", "chidi", "decline",
        1_400, 1_300, Decimal("-0.31"), stage_before="maturity", figures=-165,
        decisions=((-160, "sunset", "A margin of 7 % does not pay for two support engineers.", 176),),
    ),
    ProductFacts(
        "Shared platform", "Fennmark Identity", "Sign-in and rights for every product.", "aiko", "growth",
        None, 900, None,
    ),
)  # fmt: skip
