"""The page that shows how it went: how much came in, who answered it, how long people waited, what failed."""
