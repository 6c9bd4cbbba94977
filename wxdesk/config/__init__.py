"""HOME/config.toml, the file that people write themselves: read and changed."""
