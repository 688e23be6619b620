"""The two services over HTTP: pages, problems and the API. Nothing here decides; it asks and shows."""
