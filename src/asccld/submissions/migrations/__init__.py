"""The shapes that the catalogue has had, oldest first, and the way from each to the next."""
