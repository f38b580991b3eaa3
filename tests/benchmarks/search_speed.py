"""How long a search for designs takes; prints JSON. Goal: 100,000 designs below 10 s on two cores.

    python tests/benchmarks/search_speed.py

With 3 groups, 2 worldviews, 7 outcomes and 400 draws: all designs up to the limit of looking at all
of them, and exchange above it. ``designs`` there are, ``looked_at`` of them; seconds by the clock
and of the processor, and the peak of memory in MB.

Found on two cores that others used too: 100,000 designs in 7.3 s (13.0 s of processor, 188 MB), and
in 0.55 of the time that they took when worldviews and groups were summed along numpy's last axis,
in turns on one machine; 17 million by exchange in 5.1 s (5.2 s).
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from mfp_stats.quantities.search.exchange import exchange_designs  # noqa: E402 (checkout first)
from mfp_stats.quantities.search.front import front_of  # noqa: E402
from mfp_stats.quantities.search.sweep import ENUMERATED, enumerate_designs  # noqa: E402
from tests.search.stand_in import space_of, stand_in  # noqa: E402

#: Levels of the attributes of each space.
SPACES = ((2,) * 6, (3, 4, 2, 3, 3, 2, 2), (10,) * 4, (10,) * 5, (6,) * 7, (4,) * 12)
DRAWS = 400


def timed(levels: tuple[int, ...]) -> dict[str, Any]:
    """Search one space."""
    space = space_of(levels, 12)
    model = stand_in(space, draws=DRAWS, groups=3, worldviews=2, outcomes=7, signals=3, lack=0.1)
    look = enumerate_designs if space.size <= ENUMERATED else exchange_designs
    clock, processor = time.perf_counter(), time.process_time()
    scores = look(model, space, 0.5)
    front = front_of(scores)
    return {
        "designs": space.size,
        "looked_at": len(scores.levels),
        "draws": scores.model.draws,
        "front": front.size,
        "seconds": round(time.perf_counter() - clock, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Search every space and print what it took."""
    sys.stdout.write(json.dumps([timed(levels) for levels in SPACES], indent=1) + "\n")


if __name__ == "__main__":
    main()
