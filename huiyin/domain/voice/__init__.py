"""Phone calls: what a caller hears and presses, how a call stands, what people do to it."""
