"""Recorded sound: measured and mended when it is closed, wrapped as WAV, copied small for playing, drawn as peaks."""
