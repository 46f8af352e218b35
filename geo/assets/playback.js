/* Playing through time: the control bar, and what it does with the layer. While it plays nothing
   is fetched and nothing is sent; a pause tells Python the days once, so that the page follows. */
(function (root) {
  "use strict";

  const SPEEDS = ["play_speed_1", "play_speed_3", "play_speed_12"]; // words for those of the clock
  const parts = (root.tansiqParts = root.tansiqParts || {});
  const WINDOWS = ["growing", "month", "quarter", "year"];
  const LEGEND_MS = 250;
  const PATIENCE = 200; // a key that is held down steps often and is told once
  const GLOW_MS = 900; // how long a place shows that something new stands there
  // of a call, what is no filter but dates: the rest tells whether the reader filters otherwise
  const ASIDE = new Set(["seq", "from", "to", "filter", "selected", "centre", "window", "go"]);

  const filterOf = (call) => JSON.stringify(Object.entries(call).filter(([key]) => !ASIDE.has(key)).sort());
  const sameDays = (days, call) => days[0] === call.from && days[1] === call.to;
  const still = () => root.matchMedia("(prefers-reduced-motion: reduce)").matches;

  class Playback {
    constructor(layer) {
      Object.assign(this, { layer, clock: new parts.clock.Clock(), host: layer.map.getContainer(), playing: false });
      // days that Python has still to be told, and those it was told and has not answered
      Object.assign(this, { asked: null, due: null, told: [], turned: false, legendAt: 0, explained: null });
      this.clock.stepwise = still();
      if (this.clock.stepwise) this.clock.speed = 1;
      this.build(layer.w);
      this.onkey = (e) => this.key(e);
      this.host.addEventListener("keydown", this.onkey);
      // what is taken away is what the address says: let it catch up with the map
      layer.panel.ui.addEventListener("toggle", (e) => { if (this.playing && e.target.matches(".tq-menu[open]")) this.pause(); }, true);
    }

    build(w) {
      const { el, button } = parts.panel;
      const node = el("div", "tq-time");
      const now = this.layer.panel.ui.appendChild(el("div", "tq-time-now"));
      now.hidden = true;
      now.setAttribute("aria-hidden", "true"); // told once, when it stands still
      const bar = node.appendChild(el("div", "tq-time-bar tq-box"));
      bar.setAttribute("role", "group");
      bar.setAttribute("aria-label", w("play_label"));
      const track = bar.appendChild(el("div", "tq-time-track"));
      const buttons = bar.appendChild(el("div", "tq-time-buttons"));
      const go = button("play", w("play"), () => this.toggle());
      buttons.append(button("back", w("play_back"), () => this.step(-1)), go, button("on", w("play_on"), () => this.step(1)));
      const aloud = node.appendChild(el("div", "tq-time-told"));
      aloud.setAttribute("role", "status");
      Object.assign(this, { now, go, aloud, day: now.appendChild(el("div", "tq-time-day")), since: el("span", "tq-time-since"), counts: el("span", "tq-time-counts") });
      now.appendChild(el("div", "tq-time-note")).append(this.since, this.counts);
      this.fill = track.appendChild(el("i"));
      this.windows = this.choice(bar, w("play_window"), WINDOWS.map((name, i) => [i, w(`play_${name}`)]), (i) => this.choose(i));
      this.speeds = this.choice(bar, w("play_speed"), parts.clock.SPEEDS.map((n, i) => [n, w(SPEEDS[i])]), (n) => { this.clock.speed = n; });
      this.speeds.value = this.clock.speed;
      this.layer.panel.stand(node);
    }

    choice(bar, label, options, act) {
      const select = bar.appendChild(parts.panel.el("select"));
      select.setAttribute("aria-label", label);
      select.title = label;
      for (const [value, text] of options) select.add(new Option(text, value));
      select.addEventListener("change", () => act(Number(select.value)));
      return select;
    }

    key(e) {
      if (e.target !== this.host || e.ctrlKey || e.altKey || e.metaKey) return;
      // an Arabic keyboard has letters where others have comma and full stop
      const name = e.key > "\x7f" ? { Comma: ",", Period: "." }[e.code] : e.key;
      const act = { " ": () => { if (!e.repeat) this.toggle(); }, ",": () => this.step(-1), ".": () => this.step(1) }[name];
      if (!act) return;
      e.preventDefault(); // the space bar would move the page
      act();
    }

    toggle() {
      if (this.playing) this.pause();
      else this.play();
    }

    play() {
      if (!this.asked) return;
      const { clock } = this;
      let before = null;
      clock.stepwise = still();
      clock.begin();
      this.turn(true);
      this.show();
      const frame = (time) => {
        if (!this.playing) return;
        const moved = clock.tick(before === null ? 0 : time - before);
        before = time;
        if (moved) this.show();
        else if (!clock.stepwise) this.layer.sheet.ask();
        if (clock.ended) this.pause();
        else root.requestAnimationFrame(frame);
      };
      root.requestAnimationFrame(frame);
    }

    /* Stand still and tell Python, whose answer brings the same days. */
    pause() {
      this.hold();
      this.send();
    }

    hold() {
      this.turn(false);
      this.due = [this.clock.from, this.clock.to];
      this.show();
      this.aloud.textContent = [this.day.textContent, this.since.textContent + this.counts.textContent].join(this.layer.w("sign.apart"));
    }

    step(by) {
      if (!this.asked || !(this.clock.step(by) || this.playing)) return;
      this.hold();
      root.clearTimeout(this.later);
      this.later = root.setTimeout(() => this.send(), PATIENCE);
    }

    choose(window) {
      this.clock.window = window;
      this.turned = true;
      this.send();
    }

    /* What a message of whatever kind has to say about time: a later one may replace an earlier
       one that Python has not read, so what was not answered is said again. */
    news() {
      if (this.playing) this.hold();
      if (this.due) this.told.push(this.due);
      const days = this.told.at(-1);
      if (!days && !this.turned) return {};
      Object.assign(this, { due: null, turned: false });
      return { ...(days ? { days } : {}), window: this.clock.window };
    }

    send() {
      if (!this.playing && (this.due || this.turned)) this.layer.pointer.send({});
    }

    turn(playing) {
      const { w } = this.layer;
      const label = w(playing ? "play_pause" : "play");
      this.playing = playing;
      this.go.title = label;
      this.go.setAttribute("aria-label", label);
      this.go.replaceChildren(parts.panel.icon(playing ? "pause" : "play"));
      if (playing) this.aloud.textContent = "";
    }

    /* Take a call of Python's; returns it with the days that are to be shown. As long as this is
       ahead of Python, a call with days that it knows does not disturb; another filter pauses,
       and the page then gets the days of the pause; other days are the reader's own. */
    meet(call) {
      const { asked, clock, playing } = this;
      const answered = this.told.findLastIndex((days) => sameDays(days, call));
      const known = answered >= 0 || (asked !== null && sameDays([asked.from, asked.to], call));
      this.asked = call;
      this.told = this.told.slice(answered + 1);
      if (known && (playing || this.due || this.told.length)) {
        if (playing && filterOf(asked) !== filterOf(call)) root.queueMicrotask(() => { if (this.playing) this.pause(); });
        return { ...call, ...this.days() };
      }
      Object.assign(this, { due: null, told: [] });
      if (playing) this.turn(false);
      if (this.turned) this.send();
      else if (call.window in WINDOWS) this.windows.value = clock.window = call.window;
      if (!sameDays([clock.from, clock.to], call)) {
        this.now.hidden = true;
        clock.set(call.from, call.to, ...this.span(call));
      }
      this.mark();
      return call;
    }

    /* The days that are shown; the digest of a filter tells of its own days only. */
    days() {
      const { asked, clock } = this;
      const { from, to } = clock;
      return { from, to, filter: sameDays([from, to], asked) ? asked.filter : "" };
    }

    /* The days that there are; a page with rows of its own has those that were chosen for it. */
    span(call) {
      const { held, config, meta } = this.layer;
      const { columns } = held;
      if (meta.windows) return meta.windows.span;
      if (config.inline || columns.n === 0) return [call.from, call.to];
      this.latest = this.latest || columns.end.reduce((a, b) => Math.max(a, b), 0);
      return [columns.start[0], this.latest];
    }

    show() {
      const { layer } = this;
      const due = !this.playing || root.performance.now() - this.legendAt > LEGEND_MS;
      if (due) this.legendAt = root.performance.now();
      layer.show(this.days(), due);
      this.now.hidden = false;
      const { w, call } = layer;
      this.day.textContent = w.day(call.to);
      this.since.textContent = w("date.from", { day: w.day(call.from) }) + w("sign.apart");
      this.count();
      this.mark();
    }

    count() {
      const { w, call, shown } = this.layer;
      const said = [w.count("unit.events", this.layer.figures().matched)];
      if (call.centres) said.push(w.count("active_centres", shown.filter((c) => c.main && c.ids.join() === "active").length));
      this.counts.textContent = said.join(w("sign.apart"));
    }

    /* Where what is shown lies in the whole, from left to right in every language. */
    mark() {
      const { first, last, from, to } = this.clock;
      const days = Math.max(1, last - first + 1);
      const at = (day) => (100 * Math.max(0, Math.min(days, day - first))) / days;
      this.fill.style.left = `${at(from)}%`;
      this.fill.style.width = `${at(to + 1) - at(from)}%`;
    }

    /* While it plays the legend only grows: rows that come and go would dance. */
    legend(content) {
      const old = this.explained;
      this.explained = content;
      if (!this.playing || !old) return content;
      const both = (name) => [...old[name], ...content[name].filter((one) => !old[name].some((o) => o.id === one.id))];
      const flags = Object.fromEntries(Object.entries(content.flags).map(([name, on]) => [name, on || (old.flags[name] && name !== "density")]));
      const pair = content.pair.length ? content.pair : old.pair;
      return (this.explained = { ...content, flags, pair, families: both("families"), statuses: both("statuses"), assessments: both("assessments") });
    }

    /* A ring runs away from each place where something has just begun. */
    glow(frame, theme, marks) {
      const { clock } = this;
      if (!this.playing || clock.stepwise) return;
      const days = (GLOW_MS / 1000) * clock.speed * 30;
      for (const one of marks) {
        const age = (clock.at - one.newest) / days;
        if (age >= 0 && age < 1) parts.marks.ripple(frame.ctx, theme, one.x, one.y, one.r + 3 + 14 * age, 1 - age);
      }
    }

    remove() {
      this.playing = false;
      root.clearTimeout(this.later);
      this.host.removeEventListener("keydown", this.onkey);
    }
  }

  Object.assign(parts, { playback: { WINDOWS, create: (layer) => new Playback(layer) } });
})(window);
