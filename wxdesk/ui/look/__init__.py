"""Look of the window: colours, fonts, icons, and the one style sheet."""
