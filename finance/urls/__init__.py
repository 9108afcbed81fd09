"""Addresses of money: of programs, projects and products, and of what is kept of them."""

from finance.urls import budget

app_name = "finance"
urlpatterns = [*budget.urlpatterns]
