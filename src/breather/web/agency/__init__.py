"""The agency's side over HTTP: the API for exchanges, the officers' portal, the public verify page."""
