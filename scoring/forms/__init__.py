"""What people type about models, scores and sessions."""
