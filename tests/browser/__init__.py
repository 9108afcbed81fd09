"""The main paths, walked in Chromium against the real processes: web server, worker, PostgreSQL, Valkey."""
