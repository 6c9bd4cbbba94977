"""The room `sandbox.control`."""
