"""Ibasho: a place where you can be, and are welcome as you are."""

__version__ = "0.1.0"
