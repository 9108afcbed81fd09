"""Settings, mounted at `settings/`."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("members/", views.member_list, name="member-list"),
    path("members/add/", views.member_add, name="member-add"),
    path("members/<int:pk>/role/", views.member_role, name="member-role"),
    path("members/<int:pk>/remove/", views.member_remove, name="member-remove"),
    path("members/<int:pk>/password-link/", views.member_password_link, name="member-password-link"),
    path("tokens/", views.token_list, name="token-list"),
    path("tokens/new/", views.token_create, name="token-create"),
    path("tokens/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
    path("views/add/", views.saved_view_create, name="saved-view-create"),
    path("views/<int:pk>/edit/", views.saved_view_edit, name="saved-view-edit"),
    path("views/<int:pk>/undo/<int:version>/", views.saved_view_undo, name="saved-view-undo"),
    path("views/<int:pk>/move/<str:where>/", views.saved_view_move, name="saved-view-move"),
    path("views/<int:pk>/remove/", views.saved_view_remove, name="saved-view-remove"),
    path("views/<int:pk>/restore/", views.saved_view_restore, name="saved-view-restore"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.profile_password, name="profile-password"),
]
