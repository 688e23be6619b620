"""The places there are: ISO 3166-1 alpha-2 codes, from the registry that `pycountry` carries."""

import pycountry

PLACES: frozenset[str] = frozenset(country.alpha_2 for country in pycountry.countries)
