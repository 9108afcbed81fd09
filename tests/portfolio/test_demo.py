import datetime, cProfile, pstats
import pytest
from portfolio.demo import generate
from projects.models import Project
from events.models import Event

@pytest.mark.django_db
def test_x():
    import time
    t=time.time()
    p=cProfile.Profile(); p.enable()
    org=generate(seed=1, day=datetime.date(2026,11,24))
    p.disable()
    pstats.Stats(p).sort_stats("cumtime").print_stats(60)
    print(time.time()-t)
