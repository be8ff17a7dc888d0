"""The C daemon's rules one by one, beside what this daemon does and the test that shows it."""
