"""What the words of Enablement mean. Standard library only; no I/O, no clock, no framework."""
