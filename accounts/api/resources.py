"""The organization, its members, and the caller."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.filters import MemberFilter
from accounts.models import Membership
from accounts.serializers import MembershipSerializer, MeSerializer, OrganizationSerializer
from core.access import ROLES_ALLOWED, can
from core.api import IF_MATCH, IF_NONE_MATCH, ApiView, TenantViewSet, etag_of, expected_version, not_modified


class MemberViewSet(TenantViewSet):
    """The people of the organization, with their roles. Other rows name a person by `user`."""

    queryset = Membership.objects.all()
    serializer_class = MembershipSerializer
    filterset_class = MemberFilter


class OrganizationView(ApiView):
    """The organization that the token works for."""

    serializer_class = OrganizationSerializer

    @extend_schema(parameters=[IF_NONE_MATCH], responses=OrganizationSerializer)
    def get(self, request: Request) -> Response:
        """Its name, currency and fiscal year."""
        data = OrganizationSerializer(self.organization).data
        tag = etag_of(data["version"], data)
        if not_modified(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    @extend_schema(parameters=[IF_MATCH], request=OrganizationSerializer, responses=OrganizationSerializer)
    def patch(self, request: Request) -> Response:
        """Change them; for owners."""
        organization = self.organization
        body = OrganizationSerializer(organization, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        organization = services.update_organization(
            actor=self.actor,
            organization=organization,
            expected_version=expected_version(request),
            **body.validated_data,
        )
        data = OrganizationSerializer(organization).data
        return Response(data, headers={"ETag": etag_of(data["version"], data)})


class MeView(ApiView):
    """The caller."""

    serializer_class = MeSerializer

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Who calls, for which organization, and what they may do there."""
        user, organization = self.actor, self.organization
        role = user.role_in(organization.pk)
        may = sorted(action for action in ROLES_ALLOWED if can(user, action, organization))
        about = {"id": user.pk, "name": user.name, "email": user.email, "role": role, "may": may}
        return Response(MeSerializer({**about, "organization": organization, "token": request.auth}).data)
