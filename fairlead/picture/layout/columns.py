"""Where do the columns of an app's row begin, and how wide are they?"""

from __future__ import annotations

NAME, NAME_ROOM = 14, 222
REQUESTS, REQUESTS_ROOM = 254, 232
BAR, BAR_ROOM = 504, 196
VERSIONS, VERSIONS_ROOM = 776, 226
WIDTH = VERSIONS + VERSIONS_ROOM + 14

PAD = 10
"""Between a row's edge and what is in it."""
GAP = 12
"""Between two routes."""
COLOURS = 6
"""How many versions have a colour of their own."""
