from dataclasses import replace

from rag.answering.confidence import Signals, confidence_model

_GOOD = Signals(
    reader=0.9,
    doubt=0.0,
    cosine=0.92,
    lead=0.08,
    coverage=0.6,
    absent=0.1,
    misfit=0.0,
    free=0.0,
    time=1.0,
    missing_number=0.0,
    missing_name=0.0,
    missing_post=0.0,
    agreement=0.0,
    margin=0.8,
)


def test_confidence_is_a_probability_that_falls_with_every_bad_sign() -> None:
    model = confidence_model()
    best = model.probability(_GOOD)
    worse = [
        replace(_GOOD, reader=-0.9, doubt=1.0),
        replace(_GOOD, lead=0.0),
        replace(_GOOD, coverage=0.1),
        replace(_GOOD, misfit=1.0),
        replace(_GOOD, time=-1.0),
        replace(_GOOD, missing_number=1.0),
        replace(_GOOD, missing_name=1.0),
    ]
    assert 0.0 < best < 1.0
    assert all(model.probability(signals) < best for signals in worse)
    assert model.probability(_GOOD) >= model.threshold


def test_the_threshold_says_how_it_was_measured() -> None:
    model = confidence_model()
    assert 0.0 < model.threshold < 1.0
    assert {"command", "date", "n", "refused"} <= model.fit.keys()
