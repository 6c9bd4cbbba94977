"""The room `ui.templates.template_list`."""
