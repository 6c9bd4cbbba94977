"""The page where operators sit all day: the list of conversations, the chat, the contact and the reasons."""
