"""What a visitor is told: where everything is, and what to try."""

from breather.demo.referred import REFERRED
from breather.demonstration.cast import Cast
from breather.demonstration.introduction import Keys

_GUIDE = """
[bold]Breather is running: two exchanges and a police force, all invented.[/bold]

{places}
  password of the portal and both consoles: {password}

[bold]What to try[/bold]
  1. At the Demo Exchange, sign in as Mei, a customer in Macau, and withdraw 5,000 USDT to the address it offers.
     Answer the questions: the pause runs for {seconds} seconds and says that it stands for {minutes} minutes. When it
     is over, sign in again, confirm, and it is paid out. The console says why it was decided so.
  2. Sign in as Alex, withdraw, and press [italic]I think I am being scammed[/italic]. On the portal it arrives beside
     what the other exchange sent: claim it and decide it. Within ten seconds his page says closed. If he agrees to be
     named, the police get that sealed: age --decrypt --identity {officer} FILE
  3. Type the code at the foot of an alert into the verify page. Then one that you make up.
  4. Withdraw to {address}
     The police have confirmed that one to the Demo Exchange, which referred it; the second one was not told.

Everything here is invented, the police's words are samples of this project, and all of it goes when you press Ctrl-C.
"""


def guide(cast: Cast, keys: Keys, pause_seconds: int) -> str:
    """In rich's markup; at most 25 lines."""
    places = [
        (exchange.name, f"{exchange.site_url}   console {exchange.settings.public_url}/console")
        for exchange in cast.exchanges
    ]
    places.append(("Police portal", f"{cast.agency.public_url}/portal   verify page {cast.agency.public_url}/verify"))
    lines = "\n".join(f"  {name:<21} {where}" for name, where in places)
    return _GUIDE.format(
        places=lines,
        password=keys.password,
        seconds=pause_seconds,
        minutes=60,
        officer=keys.officer,
        address=REFERRED,
    ).rstrip("\n")
