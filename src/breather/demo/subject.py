"""Who asks the police for help, for officers' eyes: sealed in the exchange's own process. Breather carries it and
cannot read it.

Every sealing is different, so what was sealed is kept before it is sent: a retry is the same bytes under the same
event id. Nothing of this is shown on this site: whoever looks over her shoulder learns nothing from it.
"""

import json

from breather.client import Breather, Problem, Subject, SubjectWanted, Unavailable
from breather.demo.books import Books, Page
from breather.demo.invented import customer_named
from breather.demo.promise import MENDABLE


def seal_wanted(books: Books, breather: Breather, now: int) -> int:
    """For each withdrawal whose customer agreed to be named: ask what to seal and to whom, and keep it sealed.

    Gives how many were sealed. Raises Unavailable, Problem; who was not asked about is asked about again.
    """
    with books.reading() as page:
        withdrawals = [row["withdrawal"] for row in page.all("all_consented")]
    sealed = 0
    for withdrawal in withdrawals:
        wanted = breather.subject_wanted(withdrawal)
        with books.writing() as page:
            if wanted is not None:
                sealed += _seal(page, withdrawal, wanted, now)
            page.run("asked_about", withdrawal=withdrawal)
    return sealed


def _seal(page: Page, withdrawal: str, wanted: SubjectWanted, now: int) -> int:
    if page.one("sealed_subject", referral=wanted.referral) is not None:
        return 0
    row = page.withdrawal(withdrawal)
    customer = None if row is None else customer_named(row.customer)
    assert customer is not None
    subject = Subject(
        name=f"{customer.name} (invented)", telephone=customer.telephone, mail=customer.mail, reference=withdrawal
    )
    return page.run(
        "add_subject",
        referral=wanted.referral,
        withdrawal=withdrawal,
        ciphertext=wanted.seal(subject),
        keys=json.dumps(sorted(wanted.keys)),
        now=now,
    )


def send_sealed(books: Books, breather: Breather, now: int) -> int:
    """Hand over what is sealed, oldest first; gives how many were taken. Stops where Breather is away."""
    with books.reading() as page:
        rows = page.all("open_subjects")
    sent = 0
    for row in rows:
        try:
            breather.send_subject(
                row["withdrawal"],
                f"subject-{row['referral']}",
                referral=row["referral"],
                ciphertext=row["ciphertext"],
                keys=json.loads(row["keys"]),
            )
        except Unavailable:
            break
        except Problem as problem:
            if problem.status in MENDABLE:
                break
            # She may have taken her consent back meanwhile: then it goes nowhere.
            with books.writing() as page:
                page.run("mark_subject_refused", referral=row["referral"], code=problem.code)
            continue
        with books.writing() as page:
            sent += page.run("mark_subject_sent", referral=row["referral"], now=now)
    return sent
