"""What Fennmark's customers say."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portfolio.demo.facts import Act, Ref

#: Name, segment, thousands of dollars a year, days until the contract renews, domain, who looks after it.
ACCOUNTS = (
    ("halden", "Halden Freight", "Freight forwarders", 84, 3, "halden.example", "ines"),
    ("orsted", "Orsted Cold Chain", "Cold chain", 212, 41, "orstedcold.example", "priya"),
    ("lanes", "Lanes & Locks", "Freight forwarders", 46, 120, "lanesandlocks.example", "ines"),
    ("pelorus", "Pelorus Foods", "Food and drink", 138, 77, "pelorus.example", "ines"),
    ("bosphorus", "Bosphorus Lines", "Sea carriers", 305, 19, "bosphorus.example", "dana"),
    ("ketch", "Ketch Retail", "Retail", 61, 200, "ketch.example", "chidi"),
    ("norrland", "Norrland Timber", "Materials", 33, 12, "norrland.example", "chidi"),
    ("ostend", "Ostend Fish", "Food and drink", 18, 55, "ostendfish.example", "chidi"),
    ("brava", "Brava Pharma", "Pharmaceuticals", 420, 150, "bravapharma.example", "dana"),
    ("tern", "Tern Parcel", "Parcel carriers", 95, 90, "ternparcel.example", "jonas"),
)


@dataclass(frozen=True)
class Saying:
    """Days ago, who said it from which account, through which channel, about which product; stars where given."""

    days: int
    account: str
    author: str
    role: str
    channel: str
    product: str
    text: str
    rating: int | None = None
    project: str = ""
    importance: str = "important"


SAYINGS = (
    Saying(0, "halden", "Marta Nilsson", "warehouse lead", "portal", "Cutter Print",
           "Since the August update every third label comes out shifted. We have gone back to printing on "
           "the old PC, which nobody else is allowed to touch. The new alert screen is great, but I cannot "
           "use it if the labels stop. If Print is going away, tell us early and we will plan for it.",
           None, "CS-MIGR", "critical"),
    Saying(0, "orsted", "Support ticket 8814", "", "email", "Atlas Insights",
           "EU shipments still route through the US region. Legal will not sign the renewal until this is in"
           " place. Please treat it as urgent.", None, "EU-RESID", "critical"),
    Saying(0, "lanes", "Ben Achterberg", "dispatcher", "email", "Atlas Insights",
           "Exception alerts are the first thing I open each morning. Could they land in our own dispatch "
           "channel as well?"),
    Saying(0, "pelorus", "Ana Duarte", "head of supply chain", "form", "Atlas Insights",
           "They would pay for demand forecasts if they could see last year's error first.", None, "ATL-FCST"),
    Saying(1, "bosphorus", "Yusuf Demir", "customs broker", "email", "Beacon Customs",
           "Customs rule changes used to cost us a week. In July it took an afternoon. Please keep it "
           "boring."),
    Saying(1, "tern", "App review", "driver", "api", "Atlas Mobile",
           "Loses the signature when the van goes through the tunnel. Twice today.", 1, "MB-OFFLN", "critical"),
    Saying(1, "ketch", "Petra Vos", "warehouse manager", "portal", "Atlas Connect",
           "Let a warehouse user see only their own dock.", None, "", "nice"),
    Saying(2, "halden", "Katrin Sauer", "IT coordinator", "email", "Cutter Print",
           "When is Print going away? I need a date to plan the scanners around.", None, "CS-MIGR"),
    Saying(2, "brava", "Survey, Q3", "", "upload", "Beacon Docs",
           "Invoice upload is fine. Typing the totals by hand afterwards is not.", 3, "BEA-OCR"),
    Saying(3, "ketch", "Iris Blom", "packing lead", "portal", "Cutter Print",
           "Labels drift by a few mm after lunch, every day. One machine, one person, one queue."),
    Saying(4, "norrland", "Olle Berg", "site manager", "email", "Cutter Print",
           "Printer service dies since 4.18. We restart it every two hours. This is awful."),
    Saying(5, "ostend", "Griet Maes", "owner", "email", "Cutter Print",
           "Can we get the old driver back? The new one prints half a barcode."),
    Saying(6, "brava", "Dr. Lena Fuchs", "quality manager", "form", "Beacon Docs",
           "Wir brauchen die Ursprungszeugnisse auch auf Deutsch. Bisher übersetzen wir jedes einzelne von "
           "Hand."),
    Saying(7, "tern", "App review", "driver", "api", "Atlas Mobile",
           "Scanner is fast and the big buttons work with gloves. Love it.", 5),
    Saying(8, "tern", "App review", "driver", "api", "Atlas Mobile",
           "Battery is empty by noon since the last version.", 2, "MB-OFFLN"),
    Saying(9, "pelorus", "Ana Duarte", "head of supply chain", "form", "Atlas Insights",
           "The forecast missed the whole Easter peak. We stopped looking at it.", None, "ATL-FCST", "critical"),
    Saying(10, "orsted", "Karl Hede", "data protection officer", "email", "Atlas Insights",
           "Where exactly is our temperature data stored? Our auditors ask every quarter.", None, "EU-RESID"),
    Saying(12, "lanes", "Ben Achterberg", "dispatcher", "email", "Atlas Connect",
           "The new carrier connection was live in one day. Thank you, this is excellent work."),
    Saying(14, "bosphorus", "Elif Kaya", "operations director", "form", "Beacon Customs",
           "Declarations to Egypt fail with error 504 about once an hour. Ships wait at the quay.",
           None, "", "critical"),
    Saying(15, "ketch", "Petra Vos", "warehouse manager", "portal", "Atlas Connect",
           "Please sync returns with our shop; today somebody types them in twice.", None, "ATL-RETRN"),
    Saying(17, "brava", "Miguel Prado", "finance controller", "email", "Beacon Docs",
           "Nos gustaría recibir las facturas electrónicas en el formato nuevo antes de enero.",
           None, "BEA-EINV", "critical"),
    Saying(19, "halden", "Marta Nilsson", "warehouse lead", "portal", "Cutter Dispatch",
           "The Windows desk crashed in the middle of loading. Forty pallets waited."),
    Saying(21, "tern", "Joost de Wit", "fleet manager", "form", "Atlas Connect",
           "Usage-based pricing would suit us: half of our vans are seasonal.", None, "CN-METER"),
    Saying(24, "pelorus", "Sam Reyes", "analyst", "form", "Atlas Insights",
           "How do I export the carrier dashboard to Excel?"),
    Saying(26, "ostend", "Griet Maes", "owner", "email", "Beacon Docs",
           "Le certificat est toujours en retard d'un jour, et le poisson n'attend pas."),
    Saying(29, "orsted", "Nina Falk", "customer service lead", "form", "Atlas Insights",
           "Alerts by text message at night would save us a shift."),
    Saying(33, "lanes", "Ruth Lane", "managing director", "form", "Atlas Insights",
           "Best decision of the year. Our on-time rate went up four points."),
    Saying(36, "norrland", "Olle Berg", "site manager", "email", "Cutter Dispatch",
           "It is slow, but everybody knows it. Please do not take it away before the winter peak.", None, "CS-MIGR"),
    Saying(41, "bosphorus", "Yusuf Demir", "customs broker", "email", "Beacon Customs",
           "Preference certificates for Turkey are missing from the list."),
    Saying(47, "brava", "Dr. Lena Fuchs", "quality manager", "form", "Beacon Docs",
           "Search in the archive finds nothing that was scanned before 2024.", None, "BEA-OCR"),
    Saying(52, "tern", "App review", "driver", "api", "Atlas Mobile",
           "Crashes whenever I take a photo of the damage.", 1),
    Saying(58, "ketch", "Iris Blom", "packing lead", "portal", "Cutter Print",
           "A preview before printing would be nice."),
    Saying(63, "halden", "Katrin Sauer", "IT coordinator", "email", "Atlas Connect",
           "Single sign-on works now, thanks!"),
    Saying(70, "pelorus", "Ana Duarte", "head of supply chain", "form", "Atlas Insights",
           "Prices of carriers beside the lead times would decide most of our bookings.", None, "ATL-PRICE"),
    Saying(78, "orsted", "Karl Hede", "data protection officer", "email", "Atlas Insights",
           "We cannot extend to Norway while data leaves the EEA.", None, "EU-RESID", "critical"),
    Saying(86, "lanes", "Ben Achterberg", "dispatcher", "email", "Atlas Insights",
           "Could the map remember my zoom?"),
    Saying(95, "bosphorus", "Elif Kaya", "operations director", "form", "Beacon Customs",
           "Your support answered within ten minutes on a Sunday. Great team."),
    Saying(104, "tern", "App review", "driver", "api", "Atlas Mobile",
           "Needs an offline mode, half of my route has no signal.", 2, "MB-OFFLN"),
    Saying(113, "brava", "Miguel Prado", "finance controller", "email", "Beacon Docs",
           "Totals are read wrong from one invoice in five.", None, "BEA-OCR"),
    Saying(126, "ketch", "Petra Vos", "warehouse manager", "portal", "Atlas Connect",
           "The shop connector duplicated 300 orders last night. We lost a day.", None, "", "critical"),
    Saying(2, "bosphorus", "Deniz Arslan", "forwarding clerk", "email", "Cutter Print",
           "Every label after the first hundred is shifted to the left. We print them twice."),
    Saying(5, "halden", "Marta Nilsson", "warehouse lead", "portal", "Cutter Print",
           "The labels come out shifted since the August update. Two pallets went to the wrong dock."),
    Saying(9, "norrland", "Olle Berg", "site manager", "email", "Cutter Print",
           "Labels print crooked and the barcode cannot be scanned."),
    Saying(4, "orsted", "Nina Falk", "customer service lead", "form", "Atlas Insights",
           "Where is our shipment data stored, in the EU or in the US? Our customer asks for it in writing.",
           None, "EU-RESID"),
    Saying(11, "brava", "Miguel Prado", "finance controller", "email", "Atlas Insights",
           "We may only sign if the data stays in an EU region.", None, "EU-RESID"),
    Saying(22, "bosphorus", "Elif Kaya", "operations director", "form", "Atlas Insights",
           "Please confirm in writing that no shipment data leaves the EU.", None, "EU-RESID"),
    Saying(6, "lanes", "Ruth Lane", "managing director", "form", "Atlas Insights",
           "Exception alerts should go to the dispatch channel, not to everybody's inbox."),
    Saying(13, "pelorus", "Sam Reyes", "analyst", "form", "Atlas Insights",
           "Too many alerts: can dispatchers choose which exception alerts they get?"),
    Saying(20, "lanes", "Ben Achterberg", "dispatcher", "email", "Atlas Insights",
           "Send exception alerts to the dispatcher of the route only."),
    Saying(3, "tern", "Joost de Wit", "fleet manager", "form", "Atlas Mobile",
           "The driver app needs an offline mode: there is no signal in the cold store.", None, "MB-OFFLN"),
    Saying(16, "ostend", "Griet Maes", "owner", "email", "Atlas Mobile",
           "No signal on the island route, so the app loses the delivery. An offline mode would save us.",
           None, "MB-OFFLN"),
    Saying(27, "tern", "App review", "driver", "api", "Atlas Mobile",
           "The app is useless offline. Signatures are lost when there is no signal."),
    Saying(8, "ketch", "Petra Vos", "warehouse manager", "portal", "Cutter Print",
           "What is the end date of Print? We must buy new scanners before it.", None, "CS-MIGR"),
    Saying(18, "ostend", "Griet Maes", "owner", "email", "Cutter Print",
           "Tell us the end date of Print, so that we can plan the change."),
    Saying(31, "norrland", "Olle Berg", "site manager", "email", "Cutter Print",
           "Is there a plan for moving from Print before its end date?"),
    Saying(7, "brava", "Miguel Prado", "finance controller", "email", "Beacon Docs",
           "Invoice totals are read wrong when the invoice has two pages.", None, "BEA-OCR"),
    Saying(25, "pelorus", "Ana Duarte", "head of supply chain", "form", "Beacon Docs",
           "The totals of scanned invoices have to be typed by hand again.", None, "BEA-OCR"),
    Saying(44, "ketch", "Iris Blom", "packing lead", "portal", "Beacon Docs",
           "The scan reads the wrong totals from invoices of small suppliers."),
    Saying(10, "pelorus", "Sam Reyes", "analyst", "form", "Atlas Insights",
           "The demand forecast for Easter was off by half. Nobody trusts it.", None, "ATL-FCST"),
    Saying(23, "brava", "Dr. Lena Fuchs", "quality manager", "form", "Atlas Insights",
           "Show last year's forecast error beside the demand forecast.", None, "ATL-FCST"),
    Saying(38, "ketch", "Petra Vos", "warehouse manager", "portal", "Atlas Insights",
           "How far off was the demand forecast in the last peak?"),
    Saying(12, "ketch", "Petra Vos", "warehouse manager", "portal", "Atlas Connect",
           "The shop connector sent every order twice on Monday."),
    Saying(35, "ketch", "Iris Blom", "packing lead", "portal", "Atlas Connect",
           "Duplicate orders from the shop connector again, we cancel them by hand."),
    Saying(50, "tern", "Joost de Wit", "fleet manager", "form", "Atlas Connect",
           "Returns from the shop are not synced; somebody types in every return.", None, "ATL-RETRN"),
)  # fmt: skip
#: Older items have been dealt with, by one of these.
TRIAGED_AFTER, HANDS = 8, ("leila", "siobhan", "arjun")


def tell_feedback(day: datetime.date) -> Iterator[Act]:
    """Accounts, what they said, what it speaks for, and what has been dealt with."""
    for key, name, segment, thousands, renews, domain, owner in ACCOUNTS:
        fields = {
            "name": name,
            "segment": segment,
            "arr_amount": Decimal(thousands * 1_000),
            "renews_date": day + datetime.timedelta(renews),
            "email_domain": domain,
            "owner": Ref(f"person:{owner}"),
        }
        yield Act(_at(day, -400, 9), "tomas", "create_account", "", f"account:{key}", fields)
    for number, saying in sorted(enumerate(SAYINGS), key=lambda pair: -pair[1].days):
        yield from _said(day, number, saying)


def _said(day: datetime.date, number: int, saying: Saying) -> Iterator[Act]:
    at = _at(day, -saying.days - 1, 7 + number % 3, (number * 17) % 60)
    domain = next(row[5] for row in ACCOUNTS if row[0] == saying.account)
    is_person = saying.author.count(" ") == 1 and not saying.author.startswith(("App", "Survey", "Support"))
    address = f"{saying.author.lower().replace(' ', '.')}@{domain}" if is_person else ""
    fields = {
        "text": saying.text,
        "author_name": saying.author,
        "author_role": saying.role,
        "author_email": address if address.isascii() else "",
        "account": Ref(f"account:{saying.account}"),
        "product": Ref(f"product:{saying.product}"),
        "rating": saying.rating,
        "channel": saying.channel,
        "said_at": at,
    }
    hand = HANDS[number % len(HANDS)]
    yield Act(at, hand, "create_item", "", f"item:{number}", fields)
    if saying.project:
        link = {"project": Ref(f"project:{saying.project}"), "importance": saying.importance}
        linked_at = max(at + datetime.timedelta(minutes=40), _at(day, -2, 11))  # when all those projects are proposed
        yield Act(linked_at, hand, "create_link", f"item:{number}", "", link)
    if saying.days > TRIAGED_AFTER:
        done = {"items": [Ref(f"item:{number}")], "status": "done"}
        yield Act(at + datetime.timedelta(hours=1), hand, "triage_items", "", "", done)


def _at(day: datetime.date, when: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day + datetime.timedelta(when), datetime.time(hour, minute), datetime.UTC)
