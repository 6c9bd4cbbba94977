"""The room `sandbox.platform`."""
