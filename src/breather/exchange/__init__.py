"""The VASP's use cases, one verb per module. Each is one transaction and speaks no HTTP."""
