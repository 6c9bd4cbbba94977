"""The room `ui.inbox.conversation_list`."""
