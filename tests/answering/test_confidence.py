from dataclasses import replace

from rag.answering.confidence import Signals, confidence_model

_GOOD = Signals(cosine=0.92, lead=0.05, coverage=0.9, missing_number=0.0)


def test_confidence_is_a_probability_that_grows_with_every_good_sign() -> None:
    model = confidence_model()
    best = model.probability(_GOOD)
    worse = [
        replace(_GOOD, cosine=0.8),
        replace(_GOOD, lead=0.0),
        replace(_GOOD, coverage=0.2),
        replace(_GOOD, missing_number=1.0),
    ]
    assert 0.0 < best < 1.0
    assert all(model.probability(signals) < best for signals in worse)
    assert model.probability(_GOOD) >= model.threshold
    assert model.probability(Signals(0.7, 0.0, 0.0, 1.0)) < model.threshold


def test_the_threshold_says_how_it_was_measured() -> None:
    model = confidence_model()
    assert 0.0 < model.threshold < 1.0
    assert {"command", "date", "n"} <= model.fit.keys()
