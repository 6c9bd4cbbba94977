"""The room `sandbox.push`."""
