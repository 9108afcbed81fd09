"""Line A: one large launch, one troubled beta, and the connections that sell."""

from portfolio.demo.facts import MeasureFacts, ProgramFacts, ProjectFacts, RiskFacts

INSIGHTS, CONNECT, MOBILE = "Atlas Insights", "Atlas Connect", "Atlas Mobile"

EU_LAUNCH = ProgramFacts(
    "EU",
    "Atlas EU launch",
    "Atlas for shippers in the European Union: their data stays there, their carriers are connected, sales can sell.",
    "Atlas",
    "tomas",
    "amber",
    "Partner certification now waits for the EU cut-over: launch is 12 days behind the date promised in spring.",
    projects=(
        ProjectFacts(
            "EU-INGEST", "Ingest v2", "Events of all carriers in under a minute, kept in the customer’s region.",
            "tomas", "hybrid", "amber", -240, 4, 14, 1_600, 0.84,
            ("Event schema", "Stream processing", "Back-fill of two years", "Regional clusters", "Load test",
             "Dress rehearsal!"),
            "EU region cut-over", ((INSIGHTS, 100),),
            "Back-fill took three weekends more than planned; the cut-over moved by two weeks.",
            reported=0, budget_before=1_450,
            risks=(
                RiskFacts("Back-fill overlaps the cut-over weekend", 40, 10, 120, "mitigate",
                          "Cut over region by region; keep both pipelines for two weeks.", "leila"),
                RiskFacts("Reserved capacity in Frankfurt is late", 20, 15, 90, "transfer",
                          "The provider pays for on-demand capacity until it is there.", "oleksandr"),
                RiskFacts("Event schema changes again", 10, 5, 40, "avoid", "Schema frozen and versioned.",
                          "arjun", "closed", 120),
            ),
        ),
        ProjectFacts(
            "EU-RESID", "Data residency", "Proof for auditors and customers that personal data stays in the Union.",
            "leila", "waterfall", "amber", -200, 32, 0, 620, 0.69,
            ("Data map", "Key management in region", "Backup and restore in region", "Processor agreements",
             "External audit"),
            "Residency attested", ((INSIGHTS, 100),),
            "On time, but the auditor asks for one more restore test and has one week free.",
            reported=1,
            risks=(
                RiskFacts("The auditor asks for a second restore test", 50, 7, 30, "accept",
                          "One week of reserve is in the plan.", "leila"),
                RiskFacts("A sub-processor does not sign", 15, 30, 150, "avoid",
                          "Second supplier chosen and contracted for standby.", "katarzyna"),
            ),
        ),
        ProjectFacts(
            "EU-PARTN", "Partner integrations", "Nine European carriers certified and connected.",
            "jonas", "agile", "amber", -120, 50, 14, 920, 0.52,
            ("DPD and GLS", "PostNord", "Correos and CTT", "Certification by partners!", "Self-service for partners"),
            "Nine partners live", ((INSIGHTS, 75), (CONNECT, 25)),
            "Certification waits for the EU region: go/no-go has no float left.",
            reported=0,
            risks=(
                RiskFacts("Certification queue at two partners is longer than promised", 35, 14, 60, "mitigate",
                          "Launch with seven partners; two follow within a month.", "jonas"),
                RiskFacts("A partner changes its label format", 25, 5, 25, "accept", "", "arjun"),
            ),
        ),
        ProjectFacts(
            "EU-ONBRD", "Customer onboarding", "From signature to first dashboard in five days instead of thirty.",
            "priya", "agile", "amber", -60, 53, 7, 380, 0.22,
            ("Guided set-up", "Import from spreadsheets", "Sample data for trials", "Onboarding desk in Lisbon"),
            "First ten customers onboarded", ((INSIGHTS, 100),),
            "Two of four specialists in Lisbon start a month late.",
            reported=1,
            risks=(RiskFacts("Specialists in Lisbon start late", 60, 15, 40, "mitigate",
                             "Two colleagues from support help until they start.", "priya"),),
        ),
        ProjectFacts(
            "EU-SALES", "Sales enablement EU", "Prices, contracts and demos in six languages.",
            "katarzyna", "waterfall", "green", -70, 59, 1, 680, 0.41,
            ("Price list and terms", "Contracts in six languages", "Demo region", "Training of resellers"),
            "Go/no-go", ((INSIGHTS, 100),), reported=1,
            risks=(RiskFacts("Resellers sign later than forecast", 30, 20, 110, "accept",
                             "Forecast counts signed contracts only.", "katarzyna"),),
        ),
    ),
    measures=(
        MeasureFacts("Signed European customers at launch: 40", "Revenue"),
        MeasureFacts("Onboarding takes five days at most", "Adoption", "not_met"),
        MeasureFacts("All personal data of EU customers stays in the EU", "Compliance", "met"),
        MeasureFacts("Events visible within one minute, 99 % of the time", "Quality", "met"),
    ),
)  # fmt: skip

MOBILE_BETA = ProgramFacts(
    "MB",
    "Atlas Mobile beta",
    "Forty fleets use the driver app for a quarter, then we decide whether it becomes a product.",
    "Atlas",
    "jonas",
    "red",
    "The app must work without a network and does not yet: beta exit moved by 21 days and 0.24 million.",
    projects=(
        ProjectFacts(
            "MB-OFFLN", "Offline sync", "Deliveries recorded without a network arrive complete and in order.",
            "jonas", "agile", "red", -180, 17, 21, 740, 0.73,
            ("Local store", "Conflict rules", "Resume after days offline", "Photo queue", "Field test in tunnels"),
            "Beta exit", ((MOBILE, 100),),
            "One delivery in 400 is lost after a day offline. The store is written a second time.",
            reported=0,
            risks=(
                RiskFacts("The second store is no better than the first", 35, 30, 260, "mitigate",
                          "Two-week spike with a bought engine, decision at its end.", "siobhan"),
                RiskFacts("Fleets leave the beta", 30, 0, 180, "mitigate", "Weekly call with each of the ten largest.",
                          "jonas"),
                RiskFacts("Local store corrupts on low memory", 100, 15, 60, "mitigate",
                          "Happened in the first week; the store was written anew.", "siobhan", "occurred", 110),
            ),
        ),
        ProjectFacts(
            "MB-KIT", "Beta hardware kit", "Scanner sleeve and mount that survive a winter in a van.",
            "tomas", "waterfall", "red", -150, 22, 24, 310, 0.78,
            ("Supplier selection", "Sleeve design", "Cold test at −20 °C", "First 200 kits!", "Certification CE"),
            "Kits at all forty fleets", ((MOBILE, 100),),
            "The first 200 sleeves crack in the cold; new tooling takes five weeks.",
            reported=0,
            risks=(
                RiskFacts("New tooling fails the cold test too", 30, 35, 140, "mitigate",
                          "A second material is tested in parallel.", "tomas"),
                RiskFacts("Supplier asks for payment in advance", 40, 0, 45, "accept", "", "henrik"),
            ),
        ),
        ProjectFacts(
            "MB-SHELL", "Driver app shell", "Sign-in, routes and settings for drivers, in one thumb’s reach.",
            "arjun", "agile", "amber", -140, 24, 6, 270, 0.70,
            ("Sign-in with a badge", "Route of the day", "Dark mode for night tours", "Accessibility review"),
            "Store release", ((MOBILE, 100),),
            "Store review asks for changes in how locations are used.",
            reported=2,
            risks=(RiskFacts("Store review refuses background location", 25, 14, 30, "mitigate",
                             "Ask for location during a tour only.", "arjun"),),
        ),
        ProjectFacts(
            "MB-COMMU", "Beta community", "Forty fleets that talk to us and to each other.",
            "leila", "agile", "green", -130, 45, 0, 180, 0.60,
            ("Forty fleets signed", "Weekly call", "In-app feedback", "Awards for reports"),
            "Beta report", ((MOBILE, 100),), reported=4,
            risks=(RiskFacts("Too few reports in the holidays", 40, 7, 10, "accept", "", "leila"),),
        ),
    ),
    measures=(
        MeasureFacts("40 fleets in the beta", "Adoption", "met"),
        MeasureFacts("No delivery lost in 10,000", "Quality", "not_met"),
        MeasureFacts("Drivers use the app on 4 days of 5", "Adoption"),
    ),
)  # fmt: skip

CONNECT_PROGRAM = ProgramFacts(
    "CN",
    "Atlas Connect",
    "More connections, cheaper to run.",
    "Atlas",
    "priya",
    "green",
    "",
    projects=(
        ProjectFacts(
            "CN-HOOKS", "Connect webhooks", "Customers are told what changed instead of asking every minute.",
            "priya", "agile", "green", -150, 40, 0, 520, 0.68,
            ("Signed deliveries", "Retry and replay", "Delivery log for customers", "Migration of 60 pollers"),
            "Polling switched off", ((CONNECT, 100),), reported=2,
            risks=(RiskFacts("Large customers poll on", 35, 10, 30, "mitigate", "A price on polling from next year.",
                             "priya"),),
        ),
        ProjectFacts(
            "CN-CARR", "Carrier directory", "One list of carriers, services and surcharges for all products.",
            "ngozi", "hybrid", "green", -170, 20, -4, 340, 0.79,
            ("Model of services", "Surcharge rules", "Editor for operations", "Import of 600 carriers"),
            "Directory in use by Atlas", ((CONNECT, 100),), reported=3,
            risks=(RiskFacts("Surcharges change with the fuel index", 50, 3, 12, "accept", "", "ngozi"),),
        ),
        ProjectFacts(
            "CN-METER", "Usage metering", "What each customer used, to the call, for invoices and for limits.",
            "priya", "agile", "green", -110, 75, 0, 460, 0.47,
            ("Counting at the edge", "Hourly totals", "Usage page for customers", "Export to billing"),
            "First metered invoice", ((CONNECT, 50), (INSIGHTS, 50)), reported=2,
            risks=(RiskFacts("Counts and invoices disagree", 20, 10, 80, "avoid",
                             "Two months in parallel before the first invoice.", "henrik"),),
        ),
        ProjectFacts(
            "CN-CACHE", "Rate engine cache", "Rates from memory: a tenth of the time, half of the machines.",
            "oleksandr", "waterfall", "green", 10, 110, 0, 280, 0.0,
            ("Invalidation rules", "Shared cache", "Shadow traffic", "Switch by carrier"),
            "Half of the machines returned", ((CONNECT, 100),), status="approved", reported=6,
            note="Starts when the carrier directory is in use.",
        ),
    ),
    measures=(
        MeasureFacts("60 customers moved from polling to webhooks", "Adoption"),
        MeasureFacts("Cost per thousand calls falls by 30 %", "Cost"),
        MeasureFacts("Availability of 99.95 %", "Quality", "met"),
    ),
)  # fmt: skip

DIRECT = (
    ProjectFacts(
        "ATL-PRICE", "Usage pricing test", "Do shippers pay by shipment more gladly than by seat?",
        "ines", "hybrid", "green", 20, 120, 0, 100, 0.0,
        ("Two price lists", "Contracts for the test", "Twelve customers", "Analysis"),
        "Decision on the price", ((INSIGHTS, 100),), portfolio="Atlas", status="approved", reported=8,
        note="Starts when twelve customers have agreed."
    ),
    ProjectFacts(
        "ATL-FCST", "Demand forecast add-on", "Volumes per lane, six weeks ahead.",
        "priya", "agile", "red", -160, 10, 30, 140, 0.88,
        ("Data of three pilots", "Model per lane", "Explanation of a forecast", "Pilot with three customers!"),
        "Add-on on the price list", ((INSIGHTS, 100),),
        "Forecasts miss by 31 % where 20 % was promised; the pilots ask for their money back.",
        portfolio="Atlas", reported=3,
        risks=(
            RiskFacts("Pilots ask for their money back", 50, 0, 90, "accept", "It is in the contracts.", "priya"),
            RiskFacts("No model reaches the promise", 45, 40, 70, "avoid", "Stop at the next gate if not below 25 %.",
                      "ngozi"),
        ),
    ),
    ProjectFacts(
        "ATL-EMBED", "Insights embedded reports", "Reports inside the customer’s own portal.",
        "siobhan", "agile", "green", -90, 30, 0, 60, 0.66,
        ("Embedding token", "Themes", "Three design partners"),
        "Generally available", ((INSIGHTS, 100),), portfolio="Atlas", reported=5,
        risks=(RiskFacts("Themes break on old browsers", 20, 4, 6, "accept", "", "siobhan"),),
    ),
    ProjectFacts(
        "ATL-A11Y", "Insights accessibility", "Every chart by keyboard and in words.",
        "lucia", "agile", "green", -150, -20, -2, 60, 0.97,
        ("Audit", "Keyboard in charts", "Tables behind charts", "Statement of conformity"),
        "WCAG 2.2 AA attested", ((INSIGHTS, 100),), portfolio="Atlas", status="done", reported=20,
    ),
    ProjectFacts(
        "ATL-SCORE", "Carrier scorecards", "Punctuality and damage by carrier and lane, every Monday.",
        "lucia", "agile", "green", -45, 55, 0, 40, 0.44,
        ("Definitions agreed with carriers", "Weekly totals", "Letter to the carrier"),
        "Scorecards for all customers", ((INSIGHTS, 100),), portfolio="Atlas", reported=3,
    ),
    ProjectFacts(
        "ATL-RETRN", "Atlas for returns", "Returns are a third of parcels in fashion, and nobody plans them.",
        "siobhan", "agile", "", 70, 250, 0, 450, 0.0, (), "", ((INSIGHTS, 60), (CONNECT, 40)),
        portfolio="Atlas", status="proposed",
    ),
)  # fmt: skip
