"""Tokens, and what programs may read of an organization and its people.

Import from the modules: the framework reads `tokens` while it is itself half imported, when `resources` cannot be.
"""
