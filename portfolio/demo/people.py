"""The people of Fennmark."""

from core.access import Role
from portfolio.demo.facts import PersonFacts

PASSWORD = "portolan-demo"  # noqa: S105 - everybody may know it

PEOPLE = (
    PersonFacts("maren", "Maren Voss", "maren.voss@fennmark.example", Role.OWNER, True),
    PersonFacts("ines", "Ines Okafor", "ines.okafor@fennmark.example", Role.PORTFOLIO_MANAGER, True),
    PersonFacts("tomas", "Tomás Riva", "tomas.riva@fennmark.example", Role.PROGRAM_MANAGER, True),
    PersonFacts("leila", "Leila Haddad", "leila.haddad@fennmark.example", Role.CONTRIBUTOR, True),
    PersonFacts("sam", "Sam Whitlock", "sam.whitlock@fennmark.example", Role.VIEWER, True),
    PersonFacts("dana", "Dana Kovač", "dana.kovac@fennmark.example", Role.PROGRAM_MANAGER),
    PersonFacts("priya", "Priya Raman", "priya.raman@fennmark.example", Role.PROGRAM_MANAGER),
    PersonFacts("jonas", "Jonas Lindqvist", "jonas.lindqvist@fennmark.example", Role.PROGRAM_MANAGER),
    PersonFacts("aiko", "Aiko Tanaka", "aiko.tanaka@fennmark.example", Role.PROGRAM_MANAGER),
    PersonFacts("chidi", "Chidi Eze", "chidi.eze@fennmark.example", Role.PROGRAM_MANAGER),
    PersonFacts("siobhan", "Siobhán Byrne", "siobhan.byrne@fennmark.example", Role.CONTRIBUTOR),
    PersonFacts("katarzyna", "Katarzyna Zielińska", "katarzyna.zielinska@fennmark.example", Role.CONTRIBUTOR),
    PersonFacts("arjun", "Arjun Mehta", "arjun.mehta@fennmark.example", Role.CONTRIBUTOR),
    PersonFacts("ngozi", "Ngozi Adeyemi", "ngozi.adeyemi@fennmark.example", Role.CONTRIBUTOR),
    PersonFacts("oleksandr", "Oleksandr Shevchenko", "oleksandr.shevchenko@fennmark.example", Role.CONTRIBUTOR),
    PersonFacts("lucia", "Lucía Ferreira", "lucia.ferreira@fennmark.example", Role.CONTRIBUTOR),
    PersonFacts("henrik", "Henrik Aalto", "henrik.aalto@fennmark.example", Role.VIEWER, True, sees_amounts=False),
)
BY_KEY = {person.key: person for person in PEOPLE}
#: Who does the work that no manager does.
HANDS = tuple(person.key for person in PEOPLE if person.role == Role.CONTRIBUTOR)


def sign_ins() -> str:
    """What is printed for a person who wants to look around."""
    rows = [person for person in PEOPLE if person.can_sign_in]
    width = max(len(person.email) for person in rows)
    lines = [f"  {person.email:<{width}}  {_role_words(person)}" for person in rows]
    return "\n".join([f"Sign in with the password {PASSWORD} as", *lines])


def _role_words(person: PersonFacts) -> str:
    role = Role(person.role).label.lower()
    return role if person.sees_amounts else f"{role}, sees no amounts of money"
