"""Control API and page of the sandbox under /control.

For people who test a back end. Imported by `sandbox.server`, `sandbox.standalone`; imports `sandbox.push`
and below.
"""
