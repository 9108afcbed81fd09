"""Money as pure functions: discounting, rates of return, payback, earned value, rounding, fiscal periods."""
