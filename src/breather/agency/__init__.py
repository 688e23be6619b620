"""The agency's use cases, one verb per module: receive, triage, tell, confirm."""
