"""A day in a centre, simulated: the same matching code as the live router, on arrivals from a file or a profile."""
