"""The real daemon with one defect each; every defect must be found, and at its own place."""
