"""An agency that a test starts and kills, and an exchange on each engine that relays to it."""

from tests.engines import database_url, postgresql_server  # noqa: F401  # fixtures, used by their names
from tests.integration.relay.conftest import relaying, stopped_agency  # noqa: F401  # fixtures, used by their names
