"""Sources and method: what the data is, its limits, its licences, how to cite it."""

from geo.ui import frame, papers

_, say = frame.current()
papers.headline(say("page_about.title"))
papers.about(say)
frame.sync()
