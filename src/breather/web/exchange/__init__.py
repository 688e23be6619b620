"""The exchange service over HTTP: its API, the customer's alert page and the analysts' console."""
