"""Small files of each kind, as a person would fill them in; together they make an organization."""

import csv

from integrations.algorithms.catalog import KINDS

TEXTS: dict[str, str] = {
    "portfolio": """key,name,parent,description,manager
GR,Growth,,Products that bring in new customers,
GR-EU,Growth in Europe,GR,,
""",
    "product_line": """key,code,name,description
L-A,A,Atlas,Charts for planners
""",
    "program": """key,name,portfolio,description,manager,health
PRG-1,Launch in Europe,GR-EU,Everything needed to sell Atlas in Europe,,on track
""",
    "product": """key,name,product line,description,lifecycle stage,annual revenue,annual cost,revenue growth
ATL,Atlas Insights,A,Dashboards for portfolio leaders,growth,12400000,3100000,18%
""",
    "project": """key,name,program,status,planned start,planned finish,expected finish,budget,actual cost,progress %
P-101,Localize Atlas,PRG-1,active,2026-02-02,2026-09-30,,850000,310000,40
P-102,Sign partners,PRG-1,approved,2026-05-01,2026-11-30,,200000,,
""",
    "activity": """key,project,parent,name,status,planned start,planned finish,actual start,actual finish,cost,% done
A-1,P-101,,Translation,in progress,2026-02-02,2026-05-29,2026-02-04,,120000,55
A-2,P-101,A-1,French,done,2026-02-02,2026-03-31,2026-02-04,2026-04-02,40000,100
""",
    "risk": """key,project,name,probability %,impact days,impact amount,response,response plan,status
R-1,P-101,Translator leaves,30,20,45000,mitigate,Name a second translator,open
""",
    "measure": """key,program,name,category,result
M-1,PRG-1,40 customers in Europe by the end of the year,Customers,met
""",
    "team": """key,team,lead,description
T-1,Localization,,Languages and laws
""",
    "resource_role": """key,role,description
R-TR,Translator,Translates and keeps the glossary
""",
    "person": """employee number,name,e-mail,role,team,calendar,skills,fte,first day,last day
HR-17,Maya Lindqvist,maya@acme.example,Translator,Localization,,,0.8,2026-02-02,
""",
    "capacity": """role,team,month,fte,note
Translator,Localization,2026-03,2.5,With the agency
""",
    "customer_account": """customer id,customer,segment,ARR,currency,renewal,e-mail domain,owner
C-1,Halden Freight,Logistics,84000,,2027-01-31,halden.example,
""",
    "feedback_item": """id,date,author,e-mail,role,customer,product,stars,title,comment,language,url
F-1,2026-03-14,Marta Nilsson,marta@halden.example,Warehouse lead,C-1,ATL,2,Labels,Every third label is shifted.,en,
""",
}
#: kind -> rows of cells; the first is the header.
EXAMPLES: dict[str, list[list[str]]] = {kind: list(csv.reader(text.splitlines())) for kind, text in TEXTS.items()}


def example_name(kind: str) -> str:
    """What an example file is called, without its ending."""
    return f"example-{KINDS[kind].plural.lower().replace(' ', '-')}"
