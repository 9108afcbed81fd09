"""A file of an import, how it is read, and the mapping that is remembered for the next one like it."""

from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet
from integrations.models.run import ImportRun


class ImportKind(models.TextChoices):
    PORTFOLIO = "portfolio", "Portfolios"
    PRODUCT_LINE = "product_line", "Product lines"
    PROGRAM = "program", "Programs"
    PRODUCT = "product", "Products"
    PROJECT = "project", "Projects"
    ACTIVITY = "activity", "Activities"
    RISK = "risk", "Risks"
    MEASURE = "measure", "Performance measures"
    ENTRY = "entry", "Financial entries"
    TEAM = "team", "Teams"
    RESOURCE_ROLE = "resource_role", "Roles"
    PERSON = "person", "People"
    CAPACITY = "capacity", "Capacities"
    ALLOCATION = "allocation", "Allocations"
    CUSTOMER_ACCOUNT = "customer_account", "Customer accounts"
    FEEDBACK_ITEM = "feedback_item", "Feedback items"


class ImportFile(TenantModel):
    """An uploaded table: its bytes until it is imported, how they are read, and what its columns fill."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    size_bytes = models.PositiveBigIntegerField(default=0)
    content = models.BinaryField(null=True, editable=False, help_text="Kept until the import begins.")
    encoding = models.CharField(max_length=20, default="utf-8-sig")
    is_encoding_certain = models.BooleanField(default=True)
    delimiter = models.CharField(max_length=1, default=",")
    sheets = models.JSONField(default=list, db_default=[], help_text="Of a workbook: the names of its sheets.")
    sheet = models.CharField(max_length=200, default="", db_default="", blank=True, help_text="The one that is read.")
    header = models.JSONField(default=list)
    header_digest = models.CharField(max_length=64, editable=False)
    renamed = models.JSONField(default=list, help_text="Columns whose name stood in the header more than once.")
    columns = models.JSONField(default=list, help_text="What each column holds, from a look at the first rows.")
    mapping = models.JSONField(default=dict)
    is_remembered = models.BooleanField(default=False, help_text="The mapping is that of an earlier import.")
    is_read = models.BooleanField(default=False, help_text="Its rows are in the table of rows.")
    row_count = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="import_file_position_unique"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_file_kind_known"),
        ]
        indexes = [models.Index(fields=["organization", "run", "position"], name="import_file_by_run")]

    def __str__(self) -> str:
        return self.name

    def fills(self, target: str) -> bool:
        """True when one of its columns fills this field."""
        return any(source["to"] == target for source in self.mapping.get("columns", {}).values())


class SavedMapping(TenantModel):
    """How a file with these columns was read the last time; the next one like it is read the same way."""

    header_digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    mapping = models.JSONField(default=dict)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "header_digest", "kind"], name="saved_mapping_unique"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="saved_mapping_kind_known"),
        ]

    def __str__(self) -> str:
        return f"Mapping of {self.get_kind_display().lower()}"
