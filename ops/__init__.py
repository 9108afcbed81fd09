"""What runs Portolan on one machine: set-up, embedded servers, supervisor, checks. Standard library only, no Django."""
