"""Addresses and rows that the tests of activity pages share."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Activity

HTMX = {"HTTP_HX_REQUEST": "true"}


def tab(project):
    return reverse("projects:project-activities", args=[project.pk])


def edit(activity):
    return reverse("projects:activity-edit", args=[activity.pk])


def cell(activity, field):
    return reverse("projects:activity-cell", args=[activity.pk, field])


def move(activity):
    return reverse("projects:activity-move", args=[activity.pk])


def form_of(activity, **more):
    """What the edit form sends for an activity as it is."""
    names = ("name", "kind", "status", "planned_start_date", "planned_finish_date", "planned_cost_amount")
    values = {name: value for name in names if (value := getattr(activity, name)) is not None}
    progress = f"{float(activity.progress_ratio) * 100:g}"
    return {**values, "progress_ratio": progress, "version": activity.version, **more}


def queries(client, url):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def many(acme, project, assignee, count, prefix="Step"):
    Activity.objects.bulk_create(
        Activity(
            organization=acme, project=project, name=f"{prefix} {n}", position=n + 2, currency="USD", assignee=assignee
        )
        for n in range(count)
    )
