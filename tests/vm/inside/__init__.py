"""What the tests run inside the machines."""
