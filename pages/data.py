"""Your data: a file for this session alone, and the imported data sets."""

from geo.ui import frame, yours

yours.draw(*frame.current())
frame.sync()
