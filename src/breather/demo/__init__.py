"""A demo exchange: what integrating Breather looks like from the other side. Every customer in it is
invented.

Of Breather it imports `breather.client` and nothing else. Read `ask.py`, `payout.py`, `promise.py`, `subject.py`
in that order: they are the whole integration. The rest is a small site around them.
"""
