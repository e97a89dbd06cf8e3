"""Looks from outside whether a proxy asks keydeck as it must, and names what is open."""
