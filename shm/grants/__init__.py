"""Pages that one Xen domain grants to another, from both sides; knows no window. Loaded only when used."""
