"""What Vitrail needs of a machine, a desktop and a person's files; no looking, no printing."""
