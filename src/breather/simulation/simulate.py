"""From parameters and a seed to a history and its truth, in whole columns: a million customers in a minute."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from breather.simulation import addresses, ledgers, poisoning
from breather.simulation.balances import Balances, balances_of
from breather.simulation.cases import MULE_NUMBER, POISONING, Cases, cases_of, gangs_of, poisonings, wishes_of
from breather.simulation.dice import Bytes, Dice, Flags, Ints
from breather.simulation.habits import Book, book_of, habits_of
from breather.simulation.parameters import Parameters
from breather.simulation.population import UNKNOWN, Accounts, People, accounts_of, people_of
from breather.simulation.rows import History, Simulation, Truth, taken
from breather.simulation.season import SECONDS_OF_DAY
from breather.simulation.victim import WAYS, stops_at
from breather.simulation.wishes import NO_CASE, Wishes, joined

STAGES = ("people", "habits", "scams", "balances", "addresses", "rows")
_FRESH_DAYS = 8
_SECOND = 1_000
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class _Plan:
    """All withdrawals as meant, by account and time, and what belongs to their cases and addresses."""

    wishes: Wishes
    kind: Ints
    coached: Flags
    networks: Ints
    payloads: Bytes
    collector: Flags
    imitates: Ints


def simulate(parameters: Parameters, seed: int, begun: Callable[[str], None] = lambda stage: None) -> Simulation:
    """`begun` is told each of STAGES as it begins. `seed`: 0 or more."""
    dice = Dice(seed)
    begun("people")
    people, accounts = people_of(parameters, dice.of("people")), accounts_of(parameters, dice.of("accounts"))
    begun("habits")
    book = book_of(parameters, dice.of("book"))
    habits = habits_of(parameters, dice.of("habits"), people, accounts, book)
    begun("scams")
    cases = cases_of(parameters, dice.of("cases"), people, accounts)
    accounts = _opened_in_time(dice.of("fresh"), accounts, cases)
    habits = habits.taken(np.flatnonzero(habits.at > accounts.opened[habits.account]))
    plan = _plan(parameters, dice.of("plan"), (people, book, habits, cases))
    begun("balances")
    draw = dice.of("draw").below(1_000, len(plan.wishes))
    stopped = draw < parameters.stops_unprompted
    balances = balances_of(
        plan.wishes, stopped, people.wealth[accounts.person], accounts.opened * _SECOND, dice.of("deposits")
    )
    begun("addresses")
    texts = addresses.texts(plan.payloads, ledgers.families(plan.networks))
    begun("rows")
    history = _history(parameters, dice.of("rows"), (plan, balances, people, accounts), stopped)
    truth = _truth(parameters, dice.of("truth"), (plan, balances, people, accounts), draw)
    order = np.lexsort((history.account, history.at)).astype(np.int64)
    history = _numbered(taken(history, order))
    key = int(dice.of("key").below(2**31, 1)[0])
    return Simulation(seed, people.codes, people.tags, texts, key, history, taken(truth, order))


def _opened_in_time(dice: Dice, accounts: Accounts, cases: Cases) -> Accounts:
    """Accounts opened for a case were opened days before it; no other was opened after it."""
    opened = accounts.opened.copy()
    soon = cases.at - 1 - dice.of("days").below(_FRESH_DAYS * SECONDS_OF_DAY, len(cases))
    for number in np.flatnonzero(cases.fresh | (opened[cases.account] >= cases.at)).tolist():
        account = int(cases.account[number])
        opened[account] = soon[number] if cases.fresh[number] else min(int(opened[account]), int(soon[number]))
    return replace(accounts, opened=opened)


def _plan(parameters: Parameters, dice: Dice, made: tuple[People, Book, Wishes, Cases]) -> _Plan:
    people, book, habits, cases = made
    used_once = habits.address[habits.address >= book.size]
    own = max(book.size, int(used_once.max(initial=book.size - 1)) + 1)
    gang_of, gangs = gangs_of(parameters, dice.of("gangs"), cases)
    case_address = np.where(gang_of == UNKNOWN, own + gangs + np.arange(len(cases), dtype=np.int64), own + gang_of)
    scams = wishes_of(parameters, dice.of("scams"), cases, people.wealth[cases.person], case_address)
    end = parameters.days * SECONDS_OF_DAY * _SECOND
    habits, scams = _to_the_millisecond(dice.of("ms"), habits), _to_the_millisecond(dice.of("scams' ms"), scams)
    total = own + gangs + len(cases)
    networks = ledgers.some_networks(dice.of("networks"), total)
    networks[own:] = dice.of("scams' networks").weighted([70, 15, 15], total - own)

    may = (habits.address >= book.services) & (habits.address < book.size) & (habits.at < end - 97 * _HOUR)
    may &= ~np.isin(habits.account, cases.account)
    family = ledgers.families(networks[habits.address])
    found = poisoning.poisonings_of(dice.of("poisoning"), habits, family, may, poisonings(parameters))
    imitations = total + np.arange(len(found), dtype=np.int64)
    networks = np.concatenate([networks, networks[found.payee]])
    payloads = dice.of("payloads").bytes(len(networks), addresses.WIDTH)
    tron = ledgers.families(networks[found.payee]) == addresses.TRON
    payloads[found.payee], payloads[imitations] = addresses.lookalikes(dice.of("lookalikes"), tron)
    imitates = np.full(len(networks), UNKNOWN, np.int64)
    imitates[imitations] = found.payee
    collector = np.zeros(len(networks), np.bool_)
    collector[own : own + gangs] = True
    poisoned = poisoning.wishes_of(habits, found, imitations, len(cases))
    return _Plan(
        wishes=joined([habits, scams, poisoned]),
        kind=np.concatenate([cases.kind, np.full(len(found), POISONING, np.int64)]),
        coached=np.concatenate([cases.coached, np.zeros(len(found), np.bool_)]),
        networks=networks,
        payloads=payloads,
        collector=collector,
        imitates=imitates,
    )


def _to_the_millisecond(dice: Dice, wishes: Wishes) -> Wishes:
    return replace(wishes, at=wishes.at * _SECOND + dice.below(_SECOND, len(wishes)))


def _history(
    parameters: Parameters, dice: Dice, made: tuple[_Plan, Balances, People, Accounts], stopped: Flags
) -> History:
    """By account and time still, and not yet numbered."""
    plan, balances, people, accounts = made
    wishes, count = plan.wishes, len(plan.wishes)
    person = accounts.person[wishes.account]
    network = plan.networks[wishes.address]
    asset = np.where(wishes.stable, ledgers.stablecoins(network), ledgers.some_assets(dice.of("assets"), network))
    start = parameters.begins_at
    at = start + wishes.at
    abroad = (people.home[person] + 1 + dice.of("abroad").below(len(people.codes) - 1, count)) % len(people.codes)
    after = 1_000 * dice.of("after").between(20, 900, count) + dice.of("after's ms").below(_SECOND, count)

    def known(name: str, values: Ints | Flags) -> Ints:
        return np.where(dice.of(f"unknown {name}").chance(parameters.unknown, count), UNKNOWN, values)

    return History(
        at=at,
        exchange=accounts.exchange[wishes.account],
        number=np.zeros(count, np.int64),
        account=wishes.account,
        asset=asset,
        network=network,
        address=wishes.address,
        amount=ledgers.amounts(balances.cents, asset),
        usd=known("usd", balances.cents),
        kind=wishes.kind,
        locale=people.locale[person],
        kyc=people.kyc[person],
        document=people.document[person],
        phone=people.phone[person],
        ip=known("ip", np.where(wishes.abroad, abroad, people.home[person])),
        opened_at=known("opened", start + accounts.opened[wishes.account] * _SECOND),
        balance=known("balance", balances.before),
        deposit_at=known("deposit", start + balances.paid_at),
        deposit_kind=known("deposit kind", balances.paid),
        new_device=known("device", wishes.new_device),
        remote_access=known("remote", wishes.remote_access),
        screen_shared=known("screen", wishes.screen_shared),
        on_call=known("call", wishes.on_call),
        security_at=np.where(wishes.security_hours == UNKNOWN, UNKNOWN, at - wishes.security_hours * _HOUR),
        broadcast_at=np.where(stopped, UNKNOWN, at + after),
        stopped_at=np.where(stopped, at + after, UNKNOWN),
    )


def _numbered(history: History) -> History:
    """In order of time: each exchange counts its own."""
    number = np.zeros(len(history), np.int64)
    for exchange in range(int(history.exchange.max(initial=0)) + 1):
        rows = np.flatnonzero(history.exchange == exchange)
        number[rows] = np.arange(1, len(rows) + 1)
    return replace(history, number=number)


def _truth(parameters: Parameters, dice: Dice, made: tuple[_Plan, Balances, People, Accounts], draw: Ints) -> Truth:
    plan, balances, people, accounts = made
    wishes, count = plan.wishes, len(plan.wishes)
    person = accounts.person[wishes.account]
    honest = wishes.case == NO_CASE
    kind, coached = np.full(count, NO_CASE, np.int64), np.zeros(count, np.bool_)
    kind[~honest], coached[~honest] = plan.kind[wishes.case[~honest]], plan.coached[wishes.case[~honest]]
    return Truth(
        person=person,
        student=people.student[person],
        case=wishes.case,
        kind=kind,
        step=wishes.step,
        coached=coached,
        collector=plan.collector[wishes.address],
        imitates=plan.imitates[wishes.address],
        cents=balances.cents,
        paid_in=balances.paid_in,
        draw=draw,
        way=dice.of("way").below(1_000_000, count) * (WAYS // 1_000_000) + dice.of("rest").below(1_000_000, count),
        stops_at=stops_at(parameters, draw, ~honest & (kind != MULE_NUMBER), coached),
    )
