"""A simulation as files: one history for each exchange, the truth apart, and the parameters that made them.

    history-1.parquet   what exchange 1 was submitted, one row a withdrawal, in order of time
    truth.parquet       who was a victim, of what, and what would have stopped her: join by `id`, never deploy
    parameters.toml     what was assumed

Instants are ms UTC, dollars millionths (as the domain counts them), amounts decimal text in whole units of the asset,
null is *not known*. The same seed gives the same bytes with the same version of pyarrow, which writes its name into
every file. Everything is written into a folder beside the wanted one, which takes its name once it is complete.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from breather.domain.friction import WORDS
from breather.domain.history import SUBMITTED, Holds
from breather.simulation.dice import Flags, Ints
from breather.simulation.ledgers import AMOUNT_DECIMALS, ASSETS, NETWORKS
from breather.simulation.parameters import Parameters, format_parameters
from breather.simulation.population import UNKNOWN
from breather.simulation.rows import DEPOSIT_KINDS, KINDS, Simulation, reference, taken
from breather.simulation.scam import CASE_NAMES

ROWS_A_GROUP = 131_072
_MICRO_PER_CENT = 10_000

_TEXT, _WHOLE, _FLAG = pa.string(), pa.int64(), pa.bool_()
_HELD = MappingProxyType({Holds.TEXT: _TEXT, Holds.WHOLE: _WHOLE, Holds.FLAG: _FLAG})
HISTORY_SCHEMA = pa.schema([pa.field(each.name, _HELD[each.holds], nullable=not each.required) for each in SUBMITTED])
TRUTH_SCHEMA = pa.schema(
    [
        pa.field("id", _TEXT, nullable=False),
        pa.field("exchange", _WHOLE, nullable=False),
        pa.field("person", _WHOLE, nullable=False),
        pa.field("student", _FLAG, nullable=False),
        pa.field("scam", _FLAG, nullable=False),
        pa.field("mule", _FLAG, nullable=False),
        pa.field("typology", _TEXT),
        pa.field("case", _WHOLE),
        pa.field("step", _WHOLE, nullable=False),
        pa.field("coached", _FLAG, nullable=False),
        pa.field("collector", _FLAG, nullable=False),
        pa.field("imitates", _TEXT),
        pa.field("amount_usd", _WHOLE, nullable=False),
        pa.field("paid_in_usd", _WHOLE, nullable=False),
        pa.field("stops_at", _TEXT),
    ]
)
_MARK = MappingProxyType({b"breather.simulated": b"invented; no row is about anybody"})


def refuse_taken(folder: Path) -> None:
    """Raises FileExistsError, and FileNotFoundError where there is nothing to write into."""
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; nothing is ever written over")
    if not folder.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {folder.absolute().parent} to write into")


def write_folder(
    parameters: Parameters, simulation: Simulation, folder: Path, advanced: Callable[[int], None] = lambda rows: None
) -> None:
    """`advanced` is told of rows as they are written, twice for each. Raises FileExistsError, or what the disk raises;
    then nothing is left behind.
    """
    refuse_taken(folder)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        _write_all(parameters, simulation, unfinished, advanced)
        text = format_parameters(parameters, simulation.seed)
        (unfinished / "parameters.toml").write_text(text, encoding="utf-8", newline="\n")
        # A temporary folder is its maker's alone; what comes out is an ordinary folder.
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_all(parameters: Parameters, simulation: Simulation, folder: Path, advanced: Callable[[int], None]) -> None:
    addresses = pa.array(simulation.addresses).cast(_TEXT)
    every = np.arange(len(simulation.history), dtype=np.int64)
    files = [("truth.parquet", TRUTH_SCHEMA, every, truth_columns)]
    for exchange in range(1, parameters.exchanges + 1):
        rows = simulation.of_exchange(exchange)
        files.append((f"history-{exchange}.parquet", HISTORY_SCHEMA, rows, history_columns))
    # Two files at a time, each of them by one thread, so that its bytes do not depend on the other.
    with ThreadPoolExecutor(max_workers=2) as threads:
        done = [
            threads.submit(_write, folder / name, schema, _groups(simulation, rows, addresses, make), advanced)
            for name, schema, rows, make in files
        ]
        for each in done:
            each.result()


_Make = Callable[[Simulation, Ints, pa.Array], list[pa.Array]]


def _groups(simulation: Simulation, rows: Ints, addresses: pa.Array, make: _Make) -> Iterator[list[pa.Array]]:
    for start in range(0, len(rows), ROWS_A_GROUP):
        yield make(simulation, rows[start : start + ROWS_A_GROUP], addresses)


def _write(path: Path, schema: pa.Schema, groups: Iterator[list[pa.Array]], advanced: Callable[[int], None]) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
        writer.add_key_value_metadata(dict(_MARK))
        for arrays in groups:
            batch = pa.Table.from_arrays([_plain(each) for each in arrays], schema=schema)
            writer.write_table(batch, row_group_size=ROWS_A_GROUP)
            advanced(len(batch))


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def history_columns(simulation: Simulation, rows: Ints, addresses: pa.Array) -> list[pa.Array]:
    """The columns of HISTORY_SCHEMA for these rows of the history."""
    part = taken(simulation.history, rows)
    codes, tags = simulation.codes, simulation.tags
    return [
        pa.array(part.at),
        _numbered(simulation.key, part.exchange, part.number),
        _referred(part.exchange, reference(part.account, simulation.key)),
        _words(part.asset, ASSETS),
        _words(part.network, NETWORKS),
        _amounts(part.amount),
        addresses.take(pa.array(part.address)),
        pa.nulls(len(rows), _TEXT),
        _dollars(part.usd),
        _words(part.kind, KINDS),
        _words(part.locale, tags),
        *(_words(column, codes) for column in (part.kyc, part.document, part.phone, part.ip)),
        _known(part.opened_at),
        _dollars(part.balance),
        _known(part.deposit_at),
        _words(part.deposit_kind, DEPOSIT_KINDS),
        *(_flags(seen) for seen in (part.new_device, part.remote_access, part.screen_shared, part.on_call)),
        _known(part.security_at),
        _known(part.broadcast_at),
        _known(part.stopped_at),
    ]


def truth_columns(simulation: Simulation, rows: Ints, addresses: pa.Array) -> list[pa.Array]:
    """The columns of TRUTH_SCHEMA for these rows of the history."""
    part, history = taken(simulation.truth, rows), simulation.history
    mule = part.kind == len(CASE_NAMES) - 1
    return [
        _numbered(simulation.key, history.exchange[rows], history.number[rows]),
        pa.array(history.exchange[rows] + 1),
        pa.array(part.person),
        pa.array(part.student),
        pa.array((part.kind != UNKNOWN) & ~mule),
        pa.array(mule),
        _words(np.where(mule, UNKNOWN, part.kind), CASE_NAMES),
        _known(part.case),
        pa.array(part.step),
        pa.array(part.coached),
        pa.array(part.collector),
        addresses.take(_known(part.imitates)),
        pa.array(part.cents * _MICRO_PER_CENT),
        pa.array(part.paid_in * _MICRO_PER_CENT),
        _words(part.stops_at, WORDS),
    ]


def _known(values: Ints, absent: int = UNKNOWN) -> pa.Array:
    return pa.array(values, mask=values == absent)


def _flags(values: Ints) -> pa.Array:
    seen: Flags = values == 1
    return pa.array(seen, mask=values == UNKNOWN)


def _dollars(cents: Ints) -> pa.Array:
    return pa.array(cents * _MICRO_PER_CENT, mask=cents == UNKNOWN)


def _words(numbers: Ints, words: tuple[str, ...]) -> pa.Array:
    indices = pa.array(numbers.astype(np.int32), mask=numbers < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array([str(word) for word in words]))


def _amounts(amounts: Ints) -> pa.Array:
    """Millionths of the asset as canonical decimal text: no trailing zeros, no point without digits after it."""
    whole = _text(amounts // 10**AMOUNT_DECIMALS)
    fraction = _padded(amounts % 10**AMOUNT_DECIMALS, AMOUNT_DECIMALS)
    joined = pc.binary_join_element_wise(whole, fraction, ".")
    return pc.utf8_rtrim(pc.utf8_rtrim(joined, "0"), ".")


def _padded(numbers: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(_text(numbers), width, "0")


def _numbered(key: int, exchange: Ints, number: Ints) -> pa.Array:
    """As `Simulation.withdrawal` writes it."""
    return pc.binary_join_element_wise("w", _text(exchange + 1), f"-{key:08x}-", _padded(number, 8), "")


def _referred(exchange: Ints, code: Ints) -> pa.Array:
    """As `Simulation.customer` writes it."""
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    letters = np.stack([digits[(code >> shift) & 15] for shift in range(28, -4, -4)], axis=1)
    text = pa.array(np.ascontiguousarray(letters).view("S8").reshape(-1)).cast(_TEXT)
    return pc.binary_join_element_wise("c", _text(exchange + 1), "-", text, "")


def _text(numbers: Ints) -> pa.Array:
    return pc.cast(pa.array(numbers), _TEXT)
