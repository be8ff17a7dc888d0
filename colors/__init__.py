"""Labels, palette and drawing on image surfaces; knows no display."""
