"""Huiyin (回音): every matter gets an answer, every case gets settled."""
