"""Addresses of working calendars (below the settings), teams, roles, skills, people and typed capacity."""

from typing import Any

from django.urls import URLPattern, path

from resources.views import calendar, capacity, person, role, skill, team


def pages_of(noun: str, plural: str, views: Any) -> list[URLPattern]:
    """The addresses that every kind of rows with pages has."""
    verbs = ("edit", "archive", "restore")
    return [
        path(f"{plural}/", getattr(views, f"{noun}_list"), name=f"{noun}-list"),
        path(f"{plural}/new/", getattr(views, f"{noun}_create"), name=f"{noun}-create"),
        *[
            path(f"{plural}/<int:pk>/{verb}/", getattr(views, f"{noun}_{verb}"), name=f"{noun}-{verb}")
            for verb in verbs
        ],
    ]


app_name = "resources"
urlpatterns = [
    path("settings/calendars/", calendar.calendar_list, name="calendar-list"),
    path("settings/calendars/new/", calendar.calendar_create, name="calendar-create"),
    path("settings/calendars/preview/", calendar.calendar_preview, name="calendar-preview"),
    path("settings/calendars/<int:pk>/", calendar.calendar_detail, name="calendar-detail"),
    path("settings/calendars/<int:pk>/edit/", calendar.calendar_edit, name="calendar-edit"),
    path("settings/calendars/<int:pk>/default/", calendar.calendar_make_default, name="calendar-make-default"),
    path("settings/calendars/<int:pk>/archive/", calendar.calendar_archive, name="calendar-archive"),
    path("settings/calendars/<int:pk>/restore/", calendar.calendar_restore, name="calendar-restore"),
    *pages_of("team", "teams", team),
    path("teams/<int:pk>/", team.team_detail, name="team-detail"),
    *pages_of("role", "roles", role),
    path("roles/<int:pk>/", role.role_detail, name="role-detail"),
    path("roles/rates/export/", role.rate_export, name="rate-export"),
    path("roles/<int:pk>/rates/new/", role.rate_create, name="rate-create"),
    path("roles/rates/<int:pk>/edit/", role.rate_edit, name="rate-edit"),
    path("roles/rates/<int:pk>/remove/", role.rate_remove, name="rate-remove"),
    path("roles/rates/return/<int:pk>/", role.rate_return, name="rate-return"),
    *pages_of("skill", "skills", skill),
    *pages_of("person", "people", person),
    path("people/<int:pk>/", person.person_detail, name="person-detail"),
    path("people/<int:pk>/fill/", person.person_fill, name="person-fill"),
    path("people/undo-fill/<int:pk>/", person.person_undo_fill, name="person-undo-fill"),
    path("people/<int:pk>/absences/new/", person.absence_create, name="absence-create"),
    path("people/absences/<int:pk>/edit/", person.absence_edit, name="absence-edit"),
    path("people/absences/<int:pk>/remove/", person.absence_remove, name="absence-remove"),
    path("people/absences/return/<int:pk>/", person.absence_return, name="absence-return"),
    path("capacity/typed/", capacity.capacity_grid, name="capacity-grid"),
    path("capacity/typed/copy/", capacity.capacity_copy, name="capacity-copy"),
    path("capacity/typed/undo/<str:request_id>/", capacity.capacity_undo, name="capacity-undo"),
]
