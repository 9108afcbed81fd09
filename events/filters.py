"""What the audit log and the list of jobs can be narrowed to; all of it stands in the address."""

from typing import Any

import django_filters as filters

from core.forms import visible_choices
from events.models import Event, Job, JobStatus


def people(request: Any) -> Any:
    model: Any = Event._meta.get_field("actor").related_model
    return visible_choices(model.objects.all(), request.user, request.organization)


class EventFilter(filters.FilterSet):
    kind = filters.CharFilter(label="Kind", max_length=80)
    subject_type = filters.CharFilter(label="Of", max_length=80)
    subject_id = filters.CharFilter(label="Id", max_length=40)
    actor = filters.ModelChoiceFilter(queryset=people, label="By")
    since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte", label="Since")
    until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt", label="Until")

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()


class JobFilter(filters.FilterSet):
    kind = filters.CharFilter(label="Kind", max_length=80)
    status = filters.MultipleChoiceFilter(choices=JobStatus.choices, label="Status")

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()
