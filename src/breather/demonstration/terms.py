"""The relay terms of the demonstration, as both ends know them: the sample's, whose legal review is invented."""

import tomllib

import tomli_w

from breather.samples import sample_relay

# The end of the campaign's file.
RELAY = sample_relay("macau-pj-demo")


def agreed_terms() -> str:
    """What the agency pins for each exchange: the same tier and rows, in a file of their own."""
    relay = tomllib.loads(RELAY)["relay"]
    return tomli_w.dumps({"tier": relay["tier"], "fields": relay["fields"]})
