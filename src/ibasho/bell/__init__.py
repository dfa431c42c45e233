"""Notifications that give nothing away."""
