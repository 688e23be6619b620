"""An invented population on which rules, benchmarks and trials can be tried before any real customer is alerted.

    simulation = simulate(Parameters(customers=10_000), seed=1)
    write_folder(simulation, Path("try-out"))               # history-1.parquet ..., truth.parquet, parameters.toml
    for submission in Load(simulation, exchange=1): ...     # bodies of POST /v1/withdrawals, in order of time

Truth (who is a victim, of what, and what would have stopped her) is kept apart and never in a history. Everything is
decided by whole numbers from one seed: the same seed gives the same bytes on every machine.

It is invented. A figure measured on it says how the code behaves, never how much an alert helps a real person.
"""
