"""What the shape of the code must be, read from its syntax; knows no behaviour."""
