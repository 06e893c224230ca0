"""Campaigns: the endpoints that give recommendations in real time."""
