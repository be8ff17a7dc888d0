"""Measures the whole way from an app to the desktop and back, each figure beside a floor; no room imports it."""
