"""Sources and method: what the data is, its limits, its licences, how to cite it."""

from geo import ui

_, say = ui.current()
ui.about(say)
ui.sync()
