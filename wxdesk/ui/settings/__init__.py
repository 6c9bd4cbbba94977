"""The page that shows how the desk is set up, and what is still missing."""
