"""What is run by hand or by make: setup, locks, the demo. No room imports it."""
