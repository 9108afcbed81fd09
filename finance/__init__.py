"""Money: budgets, actuals, forecasts, benefits, rates."""
