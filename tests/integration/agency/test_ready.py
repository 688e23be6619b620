"""The running agency says whether it can take in a referral, to whoever asks."""

from tests.agency_process import AgencyProcess


def test_it_is_alive_and_ready(agency: AgencyProcess) -> None:
    assert agency.client.get(f"{agency.url}/healthz").json() == {"alive": True}
    reply = agency.client.get(f"{agency.url}/readyz")
    assert (reply.status_code, reply.json()) == (200, {"ready": True, "reasons": []})
