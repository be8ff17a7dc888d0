"""Xen's libraries as far as they can be tested without Xen."""
