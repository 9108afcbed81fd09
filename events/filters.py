"""What the audit log and the list of jobs can be narrowed to; all of it stands in the address."""

import datetime
from typing import Any

import django_filters as filters
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from core.filters import SearchBox
from core.forms import visible_choices
from core.tenancy import current_scope
from events.models import TEST, DeliveryState, EndpointState, Event, Job, JobStatus, WebhookDelivery, WebhookEndpoint
from events.selectors import noun_of, verb_of
from events.selectors.kinds import public_types

#: What is done, by the last word of an event's kind. Others are found by the whole kind in the address.
DEEDS = (
    "created", "updated", "reported", "status_changed", "moved", "archived", "restored", "decided", "products_set",
    "role_changed", "ended", "revoked", "password_changed", "password_link_made", "queued", "done", "failed", "stopped",
)  # fmt: skip
DAYS = [("1", "Last 24 hours"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("90", "Last 90 days")]


def people(request: Any) -> Any:
    """The members of the organization."""
    users = get_user_model().objects.all()
    return users.none() if request is None else visible_choices(users, request.user, current_scope().organization_id)


def subject_types() -> list[tuple[str, str]]:
    """Every kind of row that events are about, in words."""
    models = [model for model in apps.get_models() if hasattr(model, "version")]
    named = [(model._meta.label_lower, noun_of(model._meta.label_lower) or "decision") for model in models]
    return sorted(((name, noun[:1].upper() + noun[1:]) for name, noun in named), key=lambda pair: pair[1])


class EventFilter(filters.FilterSet):
    q = filters.CharFilter(method="find", label="Find by name, reason or request", widget=SearchBox, max_length=200)
    actor = filters.ModelChoiceFilter(
        queryset=people, label="Who", empty_label="Anybody", null_label="Portolan itself", null_value="system"
    )
    kind = filters.ChoiceFilter(
        method="of_kind", label="Did", empty_label="Anything",
        choices=lambda: [(deed, verb_of(deed).capitalize()) for deed in DEEDS],
    )  # fmt: skip
    subject = filters.ChoiceFilter(field_name="subject_type", label="To", empty_label="Anything", choices=subject_types)
    days = filters.ChoiceFilter(method="within_days", label="When", empty_label="Any time", choices=DAYS)

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()

    def find(self, rows: Any, name: str, words: str) -> Any:
        found = Q(subject_name__icontains=words) | Q(actor_name__icontains=words) | Q(note__icontains=words)
        return rows.filter(found | Q(request_id=words))

    def of_kind(self, rows: Any, name: str, deed: str) -> Any:
        return rows.filter(kind__endswith=f".{deed}")

    def within_days(self, rows: Any, name: str, days: str) -> Any:
        return rows.filter(occurred_at__gte=timezone.now() - datetime.timedelta(int(days)))


class JobFilter(filters.FilterSet):
    status = filters.ChoiceFilter(choices=JobStatus.choices, label="Status", empty_label="Any")
    started_by = filters.ModelChoiceFilter(queryset=people, label="Started by", empty_label="Anybody")

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()


class EventApiFilter(filters.FilterSet):
    """What programs ask the log: whole kinds, one row's history, a span of time."""

    kind = filters.CharFilter(label="The whole kind, for example project.status_changed", max_length=80)
    subject_type = filters.CharFilter(label="For example projects.project", max_length=80)
    subject_id = filters.CharFilter(label="With subject_type, the history of one row", max_length=40)
    actor = filters.ModelChoiceFilter(queryset=people, label="Who")
    since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte", label="At this instant or later")
    until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt", label="Before this instant")

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()


class JobApiFilter(JobFilter):
    """What programs ask of jobs."""

    kind = filters.CharFilter(label="Kind", max_length=80)


class DeliveryFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DeliveryState.choices, label="State", empty_label="Any")
    type = filters.ChoiceFilter(
        label="Event", empty_label="Any", choices=lambda: [(name, name) for name in [TEST, *sorted(public_types())]]
    )

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = ()


def endpoints(request: Any) -> Any:
    """The endpoints of the organization, archived ones too."""
    rows = WebhookEndpoint.objects
    return rows.none() if request is None else rows.visible_to(request.user).order_by("name", "pk")


class DeliveryApiFilter(DeliveryFilter):
    """What programs ask of deliveries."""

    endpoint = filters.ModelChoiceFilter(queryset=endpoints, label="Of this endpoint")
    event = filters.NumberFilter(field_name="event_id", label="Of this event")
    since = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte", label="At this instant or later")


class EndpointApiFilter(filters.FilterSet):
    """What programs ask of endpoints."""

    state = filters.ChoiceFilter(choices=EndpointState.choices, label="State")

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = ()
