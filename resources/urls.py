"""Working calendars, mounted at `settings/calendars/`."""

from django.urls import path

from resources import views

app_name = "resources"
urlpatterns = [
    path("", views.calendar_list, name="calendar-list"),
    path("new/", views.calendar_create, name="calendar-create"),
    path("preview/", views.calendar_preview, name="calendar-preview"),
    path("<int:pk>/", views.calendar_detail, name="calendar-detail"),
    path("<int:pk>/edit/", views.calendar_edit, name="calendar-edit"),
    path("<int:pk>/default/", views.calendar_make_default, name="calendar-make-default"),
    path("<int:pk>/archive/", views.calendar_archive, name="calendar-archive"),
    path("<int:pk>/restore/", views.calendar_restore, name="calendar-restore"),
]
