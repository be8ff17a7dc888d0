"""The commands of `vitrail`, a noun a file: what each is given on its command line, and what it does and prints."""
