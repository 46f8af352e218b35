/* How marks are painted on a canvas: shapes, counts, areas, centres, density. The same
   functions paint the legend, so that it cannot tell another story than the map. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const TURN = 2 * Math.PI;
  const BEAD = 4.4;
  const STAR = 0.78; // of the disc it stands in

  // polygons in a unit box (x to the right, y up) by name; they come with the meta data
  const SHAPES = {};

  function trace(ctx, shape, x, y, r) {
    const points = SHAPES[shape] || [];
    ctx.beginPath();
    if (points.length === 0) ctx.arc(x, y, 0.94 * r, 0, TURN);
    points.forEach(([px, py], i) => (i ? ctx.lineTo(x + px * r, y - py * r) : ctx.moveTo(x + px * r, y - py * r)));
    ctx.closePath();
  }

  /* One event, or a family's sign: full where it happened, hollow where it is about the area. */
  function sign(ctx, theme, family, x, y, r, hollow) {
    ctx.setLineDash([]);
    ctx.lineJoin = "round";
    trace(ctx, family.shape, x, y, r);
    ctx.strokeStyle = theme.paper;
    ctx.lineWidth = hollow ? 5 : 3;
    ctx.stroke();
    ctx.fillStyle = hollow ? theme.paper : family.colour;
    ctx.fill();
    if (!hollow) return;
    trace(ctx, family.shape, x, y, r - 0.6);
    ctx.strokeStyle = family.colour;
    ctx.lineWidth = 2;
    ctx.stroke();
  }

  const badgeRadius = (n) => (n < 2 ? 7.5 : Math.min(24, 10.5 + 2.6 * Math.log10(n) ** 1.35));

  /* Several events at one point: their number, in a ring that the families share out by
     their parts, each with its sign. */
  function badge(ctx, theme, mark, x, y, text) {
    const r = mark.r;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(x, y, r + 2.5, 0, TURN);
    ctx.fillStyle = theme.paper;
    ctx.fill();
    let angle = -Math.PI / 2 - (mark.families[0].n / mark.n) * Math.PI;
    const beads = [];
    for (const { family, n, hollow } of mark.families) {
      const sweep = (n / mark.n) * TURN;
      ctx.beginPath();
      ctx.arc(x, y, r, angle, angle + sweep);
      ctx.strokeStyle = family.colour;
      ctx.lineWidth = 2.5;
      ctx.setLineDash(mark.radius > 0 ? [2.5, 2.5] : []);
      ctx.stroke();
      beads.push({ family, hollow, at: angle + sweep / 2 });
      angle += sweep;
    }
    for (const bead of beads) {
      sign(ctx, theme, bead.family, x + r * Math.cos(bead.at), y + r * Math.sin(bead.at), mark.bead || BEAD, bead.hollow);
    }
    ctx.font = `600 ${r > 15 ? 12 : 11}px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.direction = "ltr";
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, x, y + 0.5);
  }

  /* The ground that an area-precise place may mean, as a quiet disc with a dashed outline. */
  function area(ctx, theme, x, y, r) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, TURN);
    ctx.fillStyle = theme.areaFill;
    ctx.fill();
    ctx.setLineDash([5, 4]);
    ctx.lineWidth = 1;
    ctx.strokeStyle = theme.areaLine;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /* One event of an area: its sign, smaller, in a dashed ring, so that it is no pin. */
  function soft(ctx, theme, family, x, y, hollow) {
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(x, y, 11, 0, TURN);
    ctx.fillStyle = theme.softFill;
    ctx.fill();
    ctx.setLineDash([2.5, 2.5]);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = family.colour;
    ctx.stroke();
    sign(ctx, theme, family, x, y, 5.4, hollow);
  }

  function mark(ctx, theme, one, x, y, text) {
    if (one.n > 1) badge(ctx, theme, one, x, y, text);
    else if (one.radius > 0) soft(ctx, theme, one.families[0].family, x, y, one.families[0].hollow);
    else sign(ctx, theme, one.families[0].family, x, y, one.r, one.families[0].hollow);
    if (one.clash) clash(ctx, theme, x + 0.78 * one.r, y - 0.78 * one.r);
  }

  /* Reports of an event contradict each other: a small bolt of two strokes at its shoulder. */
  function clash(ctx, theme, x, y) {
    ctx.setLineDash([]);
    ctx.lineCap = "round";
    for (const [style, width] of [[theme.paper, 5], [theme.warning, 2.2]]) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.moveTo(x - 3.2, y - 3.2);
      ctx.lineTo(x + 3.2, y + 3.2);
      ctx.moveTo(x + 3.2, y - 3.2);
      ctx.lineTo(x - 3.2, y + 3.2);
      ctx.stroke();
    }
    ctx.lineCap = "butt";
  }

  /* A star filled from below by the share its status gives; `side` keeps one half of it. A
     full one is cut out of a full disc, so that what is active is seen first. */
  function fillStar(ctx, theme, look, x, y, r, side) {
    const full = look.fill >= 1;
    ctx.save();
    if (side) {
      ctx.beginPath();
      ctx.rect(side < 0 ? x - 2 * r : x, y - 2 * r, 2 * r, 4 * r);
      ctx.clip();
    }
    ctx.fillStyle = theme.centre;
    if (full) {
      ctx.beginPath();
      ctx.arc(x, y, r, 0, TURN);
      ctx.fill();
    }
    ctx.save();
    trace(ctx, "star", x, y, STAR * r);
    ctx.clip();
    const [top, bottom] = [y - STAR * r, y + 0.81 * STAR * r];
    const level = full ? top : bottom - (bottom - top) * look.fill;
    if (full) ctx.fillStyle = theme.paper;
    ctx.fillRect(x - r, level, 2 * r, bottom - level + 1);
    ctx.restore();
    if (!full) {
      trace(ctx, "star", x, y, STAR * r);
      ctx.setLineDash(look.dashed ? [1.5, 1.5] : []);
      ctx.lineWidth = 1.2;
      ctx.lineJoin = "round";
      ctx.strokeStyle = theme.centre;
      ctx.stroke();
    }
    ctx.restore();
  }

  /* A centre: a star in a disc whose fill is the status; two statuses share the mark. */
  function centre(ctx, theme, looks, x, y, r) {
    const nothing = looks.every((look) => look.dashed);
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(x, y, r + 1.5, 0, TURN);
    ctx.fillStyle = theme.paper;
    ctx.fill();
    if (looks.length === 1) fillStar(ctx, theme, looks[0], x, y, r, 0);
    else looks.slice(0, 2).forEach((look, i) => fillStar(ctx, theme, look, x, y, r, i ? 1 : -1));
    ctx.beginPath();
    ctx.arc(x, y, r, 0, TURN);
    ctx.setLineDash(nothing ? [2, 2.6] : []);
    ctx.lineWidth = 1.8;
    ctx.strokeStyle = theme.centre;
    ctx.stroke();
    ctx.setLineDash([]);
    if (looks.length > 1) warning(ctx, theme, x + 0.82 * r, y - 0.82 * r);
  }

  function warning(ctx, theme, x, y) {
    trace(ctx, "triangle_up", x, y, 6.5);
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = theme.paper;
    ctx.stroke();
    ctx.fillStyle = theme.warning;
    ctx.fill();
    ctx.fillStyle = theme.paper;
    ctx.fillRect(x - 0.8, y - 3.4, 1.6, 4.2);
    ctx.fillRect(x - 0.8, y + 1.9, 1.6, 1.6);
  }

  /* What was said about a centre beside its status, below its disc. */
  function assessments(ctx, theme, made, x, y, r) {
    made.slice(0, 2).forEach((one, i) => assessment(ctx, theme, one.id, x + (i ? -0.84 : 0.84) * r, y + 0.84 * r));
  }

  /* The sign of an assessment: a minus for weakened, else a question. */
  function assessment(ctx, theme, id, x, y) {
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(x, y, 5, 0, TURN);
    ctx.fillStyle = theme.warning;
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = theme.paper;
    ctx.stroke();
    ctx.fillStyle = theme.paper;
    if (id === "degraded") {
      ctx.fillRect(x - 2.6, y - 0.8, 5.2, 1.6);
      return;
    }
    ctx.font = `700 8px ${theme.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    ctx.direction = "ltr";
    ctx.fillText("?", x, y + 2.9);
  }

  /* The line from a place up to its centre. */
  function stem(ctx, theme, x0, y0, x, y) {
    ctx.setLineDash([]);
    for (const [style, width] of [[theme.paper, 3.5], [theme.centre, 1.4]]) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.moveTo(x0, y0);
      ctx.lineTo(x, y);
      ctx.stroke();
    }
    ctx.beginPath();
    ctx.arc(x0, y0, 2, 0, TURN);
    ctx.fillStyle = theme.centre;
    ctx.fill();
  }

  function chosen(ctx, theme, x, y, r) {
    ctx.setLineDash([]);
    for (const [style, width] of [[theme.paper, 6], [theme.choice, 3]]) {
      ctx.beginPath();
      ctx.arc(x, y, r, 0, TURN);
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.stroke();
    }
  }

  function ripple(ctx, theme, x, y, r, strength) {
    ctx.setLineDash([]);
    ctx.globalAlpha = strength;
    for (const [style, width] of [[theme.paper, 5], [theme.ink, 2]]) {
      ctx.beginPath();
      ctx.arc(x, y, r, 0, TURN);
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
  }

  function text(ctx, theme, words, x, y, { align, weight = 400, size = 12, colour, rtl, spacing = 0 }) {
    ctx.letterSpacing = `${spacing}px`;
    ctx.font = `${weight} ${size}px ${theme.font}`;
    ctx.textAlign = align;
    ctx.textBaseline = "middle";
    ctx.direction = rtl ? "rtl" : "ltr";
    ctx.lineJoin = "round";
    ctx.setLineDash([]);
    ctx.strokeStyle = theme.halo;
    ctx.lineWidth = 3.5;
    ctx.strokeText(words, x, y);
    ctx.fillStyle = colour || theme.ink;
    ctx.fillText(words, x, y);
    ctx.letterSpacing = "0px";
  }

  /* Colours of the density, from one event a cell to the fullest; premultiplied by nothing. */
  function ramp(stops) {
    const out = new Uint8ClampedArray(256 * 4);
    for (let i = 0; i < 256; i++) {
      const at = (i / 255) * (stops.length - 1);
      const k = Math.min(stops.length - 2, Math.floor(at));
      for (let c = 0; c < 4; c++) out[4 * i + c] = stops[k][c] + (stops[k + 1][c] - stops[k][c]) * (at - k);
    }
    return new Uint32Array(out.buffer);
  }

  Object.assign(parts, {
    marks: { learn: (shapes) => Object.assign(SHAPES, shapes), trace, sign, badge, badgeRadius, area, soft, mark, clash, centre, assessments, assessment, stem, chosen, ripple, text, ramp },
  });
})(window);
