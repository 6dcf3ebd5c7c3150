"""The view: what the user has picked, and which picks are legal."""
