"""`breather backtest`: a campaign tried on a recorded past, before anybody is alerted. Needs `breather[analysis]`."""
