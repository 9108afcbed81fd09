"""Line C and what all lines share: one is taken apart, the other built."""

from portfolio.demo.facts import MeasureFacts, ProgramFacts, ProjectFacts, RiskFacts

DISPATCH, PRINT, IDENTITY = "Cutter Dispatch", "Cutter Print", "Fennmark Identity"

SUNSET = ProgramFacts(
    "CS",
    "Cutter sunset",
    "Every Cutter customer moved to Atlas or said farewell to, and the servers returned.",
    "Cutter",
    "chidi",
    "amber",
    "61 of 214 customers have moved. The second wave waits for printing in Atlas: 12 days.",
    projects=(
        ProjectFacts(
            "CS-MIGR", "Guided migration", "Cutter desks move to Atlas in an afternoon, with their history.",
            "chidi", "hybrid", "amber", -190, 76, 12, 580, 0.57,
            ("Export of history", "Mapping of 30 desk layouts", "Wave 1: 61 customers!", "Printing in Atlas",
             "Wave 2: 90 customers!", "Migration desk"),
            "Last desk moved", ((DISPATCH, 100),),
            "Wave 2 waits for printing in Atlas, 12 days behind.",
            reported=5,
            risks=(
                RiskFacts("One customer in ten leaves instead of moving", 35, 0, 240, "mitigate",
                          "A year at the old price for those who move in wave 2.", "chidi"),
                RiskFacts("Desk layouts cannot be mapped", 20, 12, 45, "mitigate", "Six odd ones are rebuilt by hand.",
                          "siobhan"),
            ),
        ),
        ProjectFacts(
            "CS-PRINT", "Print wind-down", "The last licences end, the last printers are supported elsewhere.",
            "siobhan", "waterfall", "red", -170, 7, 9, 200, 0.88,
            ("Notice to customers", "Driver packages handed over", "Support contract with a partner"),
            "Sunset gate", ((PRINT, 100),),
            "The partner wants the drivers’ source before it signs; another quarter of the line costs 0.33 million.",
            reported=1,
            risks=(
                RiskFacts("The support partner does not sign", 40, 30, 330, "mitigate", "Second offer is on the table.",
                          "chidi"),
                RiskFacts("A customer sues over the notice", 10, 0, 120, "transfer", "Insured.", "henrik"),
            ),
        ),
        ProjectFacts(
            "CS-EXPRT", "Dispatch data export", "Who leaves takes ten years of tours along, in an open format.",
            "lucia", "agile", "green", -75, 70, 0, 220, 0.45,
            ("Open format", "Export by the customer", "Proof of completeness"),
            "Export on every desk", ((DISPATCH, 100),), reported=3,
            risks=(RiskFacts("Old databases are damaged", 30, 6, 14, "accept", "", "lucia"),),
        ),
        ProjectFacts(
            "CS-ARCHV", "Print archive hand-over", "Who keeps the label archive after the line has ended?",
            "siobhan", "waterfall", "", None, None, 0, None, 0.0, (), "", ((PRINT, 100),),
            status="approved", reported=9,
        ),
        ProjectFacts(
            "CS-WEB", "Cutter in the browser", "The dispatch desk without an installation.",
            "chidi", "waterfall", "", -150, 60, 0, 400, 0.0, (), "", ((DISPATCH, 100),), status="cancelled",
            note="The line is being ended; its customers move to Atlas instead.",
        ),
    ),
    measures=(
        MeasureFacts("214 customers moved or released by the end of the program", "Adoption"),
        MeasureFacts("Nine of ten desks stay with Fennmark", "Retention"),
        MeasureFacts("Support tickets per desk do not rise during migration", "Quality", "not_met"),
    ),
)  # fmt: skip

SHARED_IDENTITY = ProgramFacts(
    "ID",
    "Shared identity",
    "One sign-in and one set of rights for all products.",
    "Shared platform",
    "aiko",
    "green",
    "",
    projects=(
        ProjectFacts(
            "ID-ROLL", "Identity rollout", "All products sign in through Fennmark Identity.",
            "aiko", "hybrid", "green", -220, 28, -3, 740, 0.81,
            ("Sign-in service", "Atlas moved", "Beacon moved", "Customers’ own directories", "Cutter left as it is"),
            "Identity GA", ((IDENTITY, 100),), reported=2,
            risks=(
                RiskFacts("Large customers change their directory in the same week", 25, 7, 30, "mitigate",
                          "A calendar shared with the ten largest.", "aiko"),
                RiskFacts("Sign-in service down takes all down", 5, 1, 400, "mitigate",
                          "Two regions, sessions valid for a day without it.", "oleksandr"),
            ),
        ),
        ProjectFacts(
            "ID-PERM", "Permissions model", "Who may see and do what, said once for all products.",
            "aiko", "agile", "amber", -90, 63, 4, 380, 0.48,
            ("Model with four products", "Roles of customers", "Editor", "Atlas on the new model!"),
            "Beacon on the new model", ((IDENTITY, 100),),
            "Beacon’s brokers share accounts; the model has no word for that yet.",
            reported=6,
            risks=(RiskFacts("Shared accounts of brokers do not fit the model", 50, 15, 50, "mitigate",
                             "Workshop with three brokers.", "aiko"),),
        ),
        ProjectFacts(
            "ID-AUDIT", "Audit trail", "Every change of rights, kept and searchable.",
            "oleksandr", "agile", "green", -70, 50, 0, 60, 0.52,
            ("Event format", "Store for seven years", "Search"),
            "Audit trail in all products", ((IDENTITY, 100),), reported=4,
        ),
        ProjectFacts(
            "ID-KEYS", "Secrets rotation", "No key older than ninety days.",
            "arjun", "waterfall", "green", -160, -35, 3, 80, 0.98,
            ("Inventory of keys", "Rotation by machine", "Alarm for old keys"),
            "All keys rotate", ((IDENTITY, 100),), status="done", reported=33,
        ),
        ProjectFacts(
            "ID-STAT", "One status page", "What works and what does not, for all products, in one place.",
            "lucia", "agile", "green", -50, 35, 0, 40, 0.61,
            ("Probes of all products", "Page and mails", "Words for incidents"),
            "Old status pages gone", ((IDENTITY, 100),), reported=5,
        ),
    ),
    measures=(
        MeasureFacts("95 % of sign-ins through Fennmark Identity", "Adoption"),
        MeasureFacts("Sign-in available 99.99 %", "Quality", "met"),
        MeasureFacts("Password tickets halved", "Cost", "met"),
    ),
)  # fmt: skip
