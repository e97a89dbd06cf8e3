"""Walks the way of an assistant to an approval, and names the first thing that is wrong."""
