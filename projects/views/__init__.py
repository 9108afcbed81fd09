"""Pages of projects, activities and risks."""
