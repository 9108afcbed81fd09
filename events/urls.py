"""The audit log, jobs, and webhooks among the settings."""

from django.urls import path

from events import views

app_name = "events"
urlpatterns = [
    path("audit/", views.audit_list, name="audit-list"),
    path("jobs/", views.job_list, name="job-list"),
    path("jobs/<int:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<int:pk>/status/", views.job_status, name="job-status"),
    path("jobs/<int:pk>/stop/", views.job_stop, name="job-stop"),
    path("settings/webhooks/", views.webhook_list, name="webhook-list"),
    path("settings/webhooks/new/", views.webhook_create, name="webhook-create"),
    path("settings/webhooks/<int:pk>/", views.webhook_detail, name="webhook-detail"),
    path("settings/webhooks/<int:pk>/edit/", views.webhook_edit, name="webhook-edit"),
    path("settings/webhooks/<int:pk>/pause/", views.webhook_pause, name="webhook-pause"),
    path("settings/webhooks/<int:pk>/resume/", views.webhook_resume, name="webhook-resume"),
    path("settings/webhooks/<int:pk>/rotate-secret/", views.webhook_rotate, name="webhook-rotate"),
    path("settings/webhooks/<int:pk>/archive/", views.webhook_archive, name="webhook-archive"),
    path("settings/webhooks/<int:pk>/restore/", views.webhook_restore, name="webhook-restore"),
    path("settings/webhooks/<int:pk>/test/", views.webhook_test, name="webhook-test"),
    path("settings/webhooks/<int:pk>/replay/", views.webhook_replay, name="webhook-replay"),
    path("settings/webhooks/deliveries/<int:pk>/", views.delivery_detail, name="delivery-detail"),
    path("settings/webhooks/deliveries/<int:pk>/replay/", views.delivery_replay, name="delivery-replay"),
]
