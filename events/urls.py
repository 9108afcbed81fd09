"""The audit log and jobs."""

from django.urls import path

from events import views

app_name = "events"
urlpatterns = [
    path("audit/", views.audit_list, name="audit-list"),
    path("jobs/", views.job_list, name="job-list"),
    path("jobs/<int:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<int:pk>/status/", views.job_status, name="job-status"),
    path("jobs/<int:pk>/stop/", views.job_stop, name="job-stop"),
]
