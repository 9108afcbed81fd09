"""Addresses of money: of programs, projects and products, and of what is kept of them."""

from finance.urls import benefit, budget, business_case, earned_value

app_name = "finance"
urlpatterns = [
    *budget.urlpatterns,
    *business_case.urlpatterns,
    *earned_value.urlpatterns,
    *benefit.urlpatterns,
]
