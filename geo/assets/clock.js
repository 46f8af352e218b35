/* The time that plays: which days are shown, and where they go next. It knows neither page nor
   map: whole days since 1970-01-01 (UTC), both included, and months as the calendar has them. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const DAY = 86400000;
  const MONTH = 30.436875; // days, on average
  const MONTHS = [0, 1, 3, 12]; // how long a window is; the one of 0 grows
  const SPEEDS = [1, 3, 12]; // months a second
  const PACE = 1000; // milliseconds from step to step where no motion is wanted
  const LONGEST = 250; // a tab that was away goes on where it was

  const within = (value, low, high) => Math.max(low, Math.min(high, value));

  /* The day so many months before another, or the last of its month where that is shorter. */
  function before(day, months) {
    const date = new Date(day * DAY);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
    const longest = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    return Date.UTC(year, month, Math.min(date.getUTCDate(), longest)) / DAY;
  }

  /* The last day of a month: the first one after a day for 1, the last one before it for -1. */
  function monthEnd(day, by) {
    const next = new Date((day + 1) * DAY);
    const back = by > 0 || next.getUTCDate() === 1 ? 1 : 0;
    return Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + by + 1 - back, 0) / DAY;
  }

  class Clock {
    constructor() {
      Object.assign(this, { first: 0, last: 0, base: 0, from: 0, to: 0, at: 0, window: 0, speed: 3, stepwise: false, waited: 0 });
    }

    /* Take the reader's own range, and the days that there are. */
    set(from, to, first, last) {
      Object.assign(this, { first, last, base: within(from, first, last), from, to, at: within(to, first, last) });
    }

    get ended() {
      return this.to >= this.last;
    }

    /* Playing goes on from the last day shown; at the end of the data it starts over, from the
       reader's first day, or from the very first where no more than one window was chosen. */
    begin() {
      this.waited = 0;
      if (!this.ended) return void this.move(this.to);
      if (this.base >= (this.window ? this.opening(this.last) : this.last)) this.base = this.first;
      this.move(this.window ? before(this.base, -MONTHS[this.window]) - 1 : this.base);
    }

    /* Let time pass; true when other days are to be shown. */
    tick(ms) {
      const { at, speed } = this;
      if (!this.stepwise) return this.move(at + (Math.min(ms, LONGEST) / 1000) * speed * MONTH);
      this.waited += ms;
      if (this.waited < PACE) return false;
      this.waited = 0;
      return this.step(1, Math.min(speed, MONTHS[this.window] || speed));
    }

    /* To the end of a month: as many on (1) or back (-1) as the window is long. */
    step(by, months = MONTHS[this.window] || 1) {
      return this.move(monthEnd(this.to, by * months));
    }

    move(at) {
      const { from, to } = this;
      this.at = within(at, this.window ? this.first : this.base, this.last);
      this.to = Math.floor(this.at);
      this.from = this.opening(this.to);
      return from !== this.from || to !== this.to;
    }

    /* The first day of what is shown up to a day. */
    opening(to) {
      return this.window ? Math.max(this.first, before(to + 1, MONTHS[this.window])) : this.base;
    }
  }

  Object.assign(parts, { clock: { Clock, MONTHS, SPEEDS, before, monthEnd } });
})(window);
