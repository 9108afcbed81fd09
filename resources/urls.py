"""Working calendars, mounted at `settings/calendars/`."""

from django.urls import path

from resources.views import calendar

app_name = "resources"
urlpatterns = [
    path("", calendar.calendar_list, name="calendar-list"),
    path("new/", calendar.calendar_create, name="calendar-create"),
    path("preview/", calendar.calendar_preview, name="calendar-preview"),
    path("<int:pk>/", calendar.calendar_detail, name="calendar-detail"),
    path("<int:pk>/edit/", calendar.calendar_edit, name="calendar-edit"),
    path("<int:pk>/default/", calendar.calendar_make_default, name="calendar-make-default"),
    path("<int:pk>/archive/", calendar.calendar_archive, name="calendar-archive"),
    path("<int:pk>/restore/", calendar.calendar_restore, name="calendar-restore"),
]
