"""The stories beside the map: the open step as a card, and the list of all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import streamlit as st
from markupsafe import Markup

from geo import provenance, server, stories
from geo.address import View
from geo.filters import Notice
from geo.i18n import Words, ascii_digits
from geo.stories import Step, Story
from geo.ui import details, session
from geo.ui.page import html
from geo.ui.place import here, query

# a label is Markdown: any sign of ASCII stands for itself behind a backslash
_SIGNS: Final = re.compile(r"[!-/:-@\[-`{-~]")


def addressed(view: View) -> tuple[View, list[Notice]]:
    """Return what an address with a story shows: a step alone stands for all that it shows."""
    if not view.story:
        return view, []
    story = server.process_state().stories.get(view.story)
    if story is None:
        return view.replace(story="", step=1), [Notice("story", view.story, "unknown_id")]
    notices = []
    if view.step > len(story.steps):
        notices.append(Notice("step", str(view.step), "no_step"))
        view = view.replace(step=1)
    shown, asked = story.view(view.step, view), stories.bare(view)
    if asked not in {View(), stories.bare(shown)}:
        return view, notices
    # the step before may have left its own place on the map in the browser's history
    return shown if session.history() else _standing(shown, view), notices


def _standing(shown: View, asked: View) -> View:
    """Return a view at the place on the map that an address asks for, if it asks for one."""
    return shown if asked.z is None else shown.replace(lat=asked.lat, lon=asked.lon, z=asked.z)


def follow() -> None:
    """Draw the whole page when a step has changed filters that stand outside of this part."""
    if st.session_state.pop("elsewhere", False):
        st.rerun()


def card(view: View, say: Words) -> None:
    """Draw the open step: its text, the way to the others, and what it rests on."""
    story = server.process_state().stories.get(view.story)
    if story is None:
        return
    step = story.steps[view.step - 1]
    with st.container(key="tour"):
        html(_text(story, view, say))
        if stories.bare(view) != stories.bare(step.view):
            html(Markup('<p class="ts-note" role="status">{}</p>').format(say("story.differs")))
            _button("return", story, view.step, view, say)
        with st.container(key="tour_ways", horizontal=True, gap="small"):
            _button("back", story, view.step - 1, view, say)
            _button("next", story, view.step + 1, view, say)
            st.button(say("story.close"), key="tour_close", on_click=session.close_story)
        html(_sources(step, say))
        with st.popover(say("story.link")):
            # the short address stands for all that the step shows
            short = View(story=story.name, step=view.step, lang=view.lang, digits=view.digits)
            st.code(here(query(short)), language=None, wrap_lines=True)


def _button(name: str, story: Story, step: int, view: View, say: Words) -> None:
    """Draw a button that leads to a step of the story; without such a step it does nothing."""
    exists = 1 <= step <= len(story.steps)
    span = server.process_state().store.span()
    st.button(
        say(f"story.{name}"),
        key=f"tour_{name}",
        disabled=not exists,
        type="primary" if name == "next" else "secondary",
        on_click=session.show,
        args=(story.view(step, view), span) if exists else (),
    )


def _text(story: Story, view: View, say: Words) -> Markup:
    step = story.steps[view.step - 1]
    draft = Markup('<p class="ts-sub">{}</p>').format(say("story.draft"))
    title, over, text = (
        written(by_lang[say.lang], view) for by_lang in (step.titles, story.titles, step.texts)
    )
    return Markup(
        '<div class="ts-panel ts-tour" data-story="{}" data-step="{}" aria-live="polite">'
        '<p class="ts-tour-over">{} <b>{}</b></p><h2>{}</h2><p>{}</p>{}</div>'
    ).format(
        story.name,
        view.step,
        over,
        say("story.step", n=view.step, total=len(story.steps)),
        title,
        text,
        draft if say.lang in story.drafts else "",
    )


def written(text: str, view: View) -> str:
    """Return a text of a story with the digits that the reader chose."""
    return ascii_digits(text) if view.digits == "western" else text


def _sources(step: Step, say: Words) -> Markup:
    """Return the publications that a step rests on, each with the passages."""
    package = server.process_state().package
    frame = package.frames["sources"]
    publications = {row["source_id"]: row for row in frame.to_dict("records")}
    passages: dict[str, list[str]] = {}
    for claim in provenance.claims_for(package, step.claim_ids).to_dict("records"):
        at = passages.setdefault(claim["source_id"], [])
        if claim["paragraph"] not in at:
            at.append(claim["paragraph"])
    items = Markup("").join(
        Markup('<li data-source="{}"><cite>{}</cite></li>').format(
            source, details.publication(publications[source], say, ", ".join(at))
        )
        for source, at in passages.items()
    )
    rests = say(
        "story.rests",
        claims=say.count("unit.claims", len(step.claim_ids)),
        sources=say.count("unit.sources", len(passages)),
    )
    return Markup(
        '<details class="ts-panel ts-tour-sources"><summary>{}</summary><ol>{}</ol></details>'
    ).format(rests, items)


def shelf(view: View, say: Words) -> None:
    """List the stories, unless one is open."""
    held: Mapping[str, Story] = server.process_state().stories
    if view.story or not held:
        return
    span = server.process_state().store.span()
    html(Markup('<div class="ts-panel"><h3>{}</h3></div>').format(say("story.stories")))
    with st.container(key="stories", horizontal=True, gap="small"):
        for name, story in held.items():
            steps = say.count("unit.steps", len(story.steps))
            st.button(
                say("story.open", title=plain(written(story.titles[say.lang], view)), steps=steps),
                key=f"story_{name}",
                on_click=session.show,
                args=(story.view(1, view), span),
            )


def plain(text: str) -> str:
    """Return a text as Markdown that says just that text."""
    return _SIGNS.sub(r"\\\g<0>", text)
