"""From load to a picture of May 2021 in Kirkuk with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from geo import i18n
from tests.conftest import map_frame, settle, some_now

pytestmark = pytest.mark.browser

MOST_STOPS = 60
# the focused element, also inside the map's frame, and what stands around it
FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.tagName === "IFRAME") at = at.contentDocument.activeElement;
  return at;
}"""
LOOK = """() => {
  const at = window.stop;
  const near = [at, ...at.children];
  for (let up = at, n = 0; up.parentElement && n < 4; up = up.parentElement, n++)
    near.push(up.parentElement, ...up.parentElement.children);
  return near.map((e) => {
    const s = e.ownerDocument.defaultView.getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join();
  });
}"""


class Keys:
    """A reader without a mouse; remembers where the focus could not be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab(self) -> None:
        """Go one stop on; what was left has to look different then."""
        page = self.page
        page.evaluate(f"() => {{ window.stop = ({FOCUSED})(); }}")
        before = page.evaluate(LOOK)
        page.keyboard.press("Tab")
        if page.evaluate("() => window.stop.tagName") != "BODY" and page.evaluate(LOOK) == before:
            self.unseen.append(page.evaluate("() => window.stop.outerHTML.slice(0, 160)"))

    def reach(self, selector: str) -> None:
        """Go on until the focus stands on such an element."""
        for _ in range(MOST_STOPS):
            self.tab()
            if self.page.evaluate(f"css => (({FOCUSED})()).matches(css)", selector):
                return
        pytest.fail(f"no {selector} within {MOST_STOPS} stops")


@pytest.mark.parametrize("lang", some_now(["ar", "en"], 1))
def test_a_picture_of_may_2021_in_kirkuk_without_a_mouse(dashboard, page, lang, tmp_path: Path):
    """Tab, arrows, Enter and typing lead to the picture; the focus is seen at every stop."""
    say, keys = i18n.words(lang), Keys(page)
    page.goto(f"{dashboard}/?lang={lang}")
    frame = map_frame(page)
    settle(page)
    keys.reach(f".st-key-province input[aria-label='{say('filter.label_province')}']")
    page.keyboard.type(say("admin1.IQ-KI"))
    page.wait_for_selector("[role=option]")
    keys.press("ArrowDown", "Enter")
    page.wait_for_url("**province=IQ-KI**")
    settle(page)
    keys.reach(".st-key-quick button")
    keys.press("ArrowRight", "Enter")
    page.wait_for_url("**from=2021-05-01&to=2021-05-31&province=IQ-KI**")
    settle(page)
    keys.reach(".tq-menu > summary")
    keys.press("Enter")
    keys.reach(".tq-menu a[data-format='png-screen']")
    with page.expect_download() as taken:
        keys.press("Enter")
    taken.value.save_as(tmp_path / "taken.png")
    assert (tmp_path / "taken.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert "2021-05-01" in taken.value.suggested_filename
    assert frame.evaluate("() => window.tansiq.state().matched") > 0
    assert keys.unseen == []
