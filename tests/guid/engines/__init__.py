"""Tests of the engines that start qubes."""
