"""What endpoints may choose from is what the code records."""

import re

from django.conf import settings

from config.api import router
from events.followers import PUBLIC_TYPES
from events.models import Event
from events.selectors.kinds import KINDS, public_types, type_groups
from events.selectors.payloads import resource_url

#: A kind as the first argument of what records an event.
RECORDED = re.compile(r'(?:\brecord|_recorded|tell_moved)\(\s*"([a-z_]+\.[a-z_]+)"')
KNOWN = {f"{noun}.{deed}" for noun, deeds in KINDS.items() for deed in deeds}


def recorded() -> dict[str, str]:
    """Kinds that the code names where it records them -> the module."""
    found = {}
    for app in settings.FIRST_PARTY_APPS:
        for module in (settings.BASE_DIR / app).rglob("*.py"):
            if not {"migrations", "demo"} & set(module.parts):
                found |= dict.fromkeys(RECORDED.findall(module.read_text()), f"{app}/{module.name}")
    return found


def test_every_kind_that_is_recorded_can_be_chosen():
    unknown = {kind: module for kind, module in recorded().items() if kind not in KNOWN}

    assert len(recorded()) > 100
    assert unknown == {}, "name them in events/selectors/kinds.py"


def test_each_type_is_offered_once_and_fits_its_column():
    offered = [name for _, names in type_groups() for name in names]

    assert sorted(offered) == sorted(public_types())
    assert max(map(len, offered)) <= Event._meta.get_field("kind").max_length


def test_what_has_a_name_for_the_world_comes_first_and_by_that_name_alone():
    name, types = type_groups()[0]

    assert name == "Feedback"
    assert types == ["feedback.received", "feedback.analysed", "feedback.linked"]
    assert not PUBLIC_TYPES.keys() & public_types()


def test_a_message_leads_to_whatever_the_api_shows():
    rows = {prefix: view.queryset.model for prefix, view, _ in router.registry if view.queryset is not None}
    leads = {prefix: resource_url(model._meta.label_lower, "7") for prefix, model in rows.items()}

    assert len(rows) > 40
    assert leads == {prefix: f"/api/v1/{prefix}/7/" for prefix in rows}, "name it in events/selectors/payloads.py"
